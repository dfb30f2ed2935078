"""Turns scores into probabilities: for each model, p = sigmoid(slope * logit(score) + offset) (Platt 1999, temperature with a shift), one pair
for all classes and one per class that the labels know, drawn towards the common one by RIDGE imaginary detections' worth of trust.
A detection counts as right if it takes a labelled box of its class (IoU >= 0.5, step15's matching; difficult boxes count neither way).

    python step20_calibrate.py OUT --data DATA     # OUT: the models folder that step17_service.py made; writes results/calibration.json

The 600 pictures are all the labels there are. What is reported is therefore cross-validated (fitted on four fifths, tested on the fifth,
five times); what is written for zoo.json is fitted on all of them. ECE: mean distance of confidence and precision over ten bins.
"""
import argparse, json, os, subprocess, tempfile
import numpy as np
import step15_evaluate as evaluate

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = ['scout-mobilenetv3', 'scout-person', 'expert-mobilenetv3', 'expert-ghostnet']
FLOOR = 0.05                                       # below it nothing is ever right, and thousands of rows are
RIDGE = 20.0
FOLDS = 5


def logit(s): s = np.clip(s, 1e-4, 1 - 1e-4); return np.log(s / (1 - s))


def sigmoid(x): return 1 / (1 + np.exp(-x))


def fit(score, right, prior=None):
    """Newton's method; with a prior, pulled towards it."""
    x = np.stack([logit(score), np.ones(len(score))], 1); w = np.array(prior if prior is not None else [1.0, 0.0])
    for _ in range(50):
        p = sigmoid(x @ w); gradient = x.T @ (p - right); hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        if prior is not None: gradient += RIDGE * (w - prior); hessian += RIDGE * np.eye(2)
        step = np.linalg.solve(hessian, gradient); w = w - step
        if np.abs(step).max() < 1e-9: break
    return w


def calibrate(score, right, label):
    """One pair for all, and one for each label."""
    common = fit(score, right)
    return common, {c: fit(score[label == c], right[label == c], common) for c in sorted(set(label))}


def apply(score, label, common, classes): return np.array([sigmoid(np.dot(classes.get(c, common), (logit(s), 1))) for s, c in zip(score, label)])


def ece(p, right):
    """Expected calibration error over ten bins of equal width."""
    bins = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(p[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any()))


def detections(out, name, data):
    """What the service sees from FLOOR up, judged -> [D, 4] score, right, label, picture; hits on difficult boxes are left out"""
    pictures, table, _ = evaluate.load_truth(f'{data}/voc-dev')
    with tempfile.NamedTemporaryFile(suffix='.json') as f:
        files = [f"{data}/voc-dev/images/{p['file']}" for p in pictures]
        subprocess.run(['node', f'{HERE}/../../build/src/cli.js', 'detect', '--config', f'{out}/{name}.yaml', *files, '--json'], stdout=f, check=True, stderr=subprocess.DEVNULL)
        found = evaluate.read_detections(f.name, pictures)
    known = np.unique(np.concatenate(list(table.values()))[:, 4])
    m = evaluate.match(found, table); picture = np.repeat(np.arange(len(pictures)), [len(found[p['file']]) for p in pictures])
    order = np.argsort(-m[:, 0], kind='stable'); m, picture = m[order], picture[order]
    right, wrong = evaluate.judge(m, 0.5); use = (right | wrong) & (m[:, 0] >= FLOOR) & np.isin(m[:, 1], known)
    return np.column_stack([m[use, 0], right[use], m[use, 1], picture[use]])


def cross_validated(d):
    p = np.zeros(len(d)); fold = d[:, 3].astype(int) % FOLDS
    for f in range(FOLDS): p[fold == f] = apply(d[fold == f, 0], d[fold == f, 2], *calibrate(*d[fold != f, :3].T))
    return p


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('out'); a.add_argument('--data', required=True); a.add_argument('--only', nargs='*'); a = a.parse_args()
    names = evaluate.load_truth(f'{a.data}/voc-dev', 1)[2]; path = f'{HERE}/results/calibration.json'
    results = json.load(open(path)) if os.path.exists(path) else {}
    pair = lambda w: {'slope': round(float(w[0]), 3), 'offset': round(float(w[1]), 3)}
    for name in a.only or MODELS:
        d = detections(a.out, name, a.data); common, classes = calibrate(*d[:, :3].T); p = cross_validated(d); sure = d[:, 0] >= 0.2
        results[name] = {'detections': len(d), 'ece': round(ece(d[sure, 0], d[sure, 1]), 4), 'eceCalibrated': round(ece(p[sure], d[sure, 1]), 4),
                         'calibration': {**pair(common), 'classes': {names[int(c)]: pair(w) for c, w in classes.items()}}}
        print(f"{name:22s} {len(d)} detections, {int(sure.sum())} from 0.2 up: ECE {results[name]['ece']:.3f} as they are, {results[name]['eceCalibrated']:.3f} calibrated (cross-validated)  {pair(common)}", flush=True)
    json.dump(results, open(path, 'w'), indent=1)
