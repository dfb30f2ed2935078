"""Average precision of squint's detectors on pictures with known boxes. numpy only.

A model file, run here through onnxruntime:
    python step15_evaluate.py --model ../../models/scout-mobilenetv3-small.int8.onnx --data DATA/voc-dev
The whole service, from what its command printed (colour, resize, decoding, NMS and thresholds included):
    squint detect DATA/voc-dev/images/*.jpg --json > out.json
    python step15_evaluate.py --detections out.json --data DATA/voc-dev
Both take --limit N (the first N pictures) and --json OUT (the numbers for programs).

DATA/voc-dev holds images/ and instances.json (COCO format; category_id = index into the 80 COCO names;
ignore = 1 marks a box that VOC calls difficult: finding it is neither right nor wrong).

Rules, those of VOC 2010 and later: a detection belongs to the box of its class that it overlaps most; the best
scored one above the IoU bound is right, further ones are wrong; all-point interpolation; the mean is over the
classes that have at least one box that is not difficult. AP50 has the bound 0.5, AP50:95 averages ten bounds.
"""
import argparse, json, os, sys, time
import numpy as np
from PIL import Image

SCORE_MIN = 0.02                                   # candidates below it are dropped before scoring
NMS_IOU = 0.6                                      # class-aware
IOU_BOUNDS = np.arange(0.5, 0.951, 0.05)           # COCO's ten
SWEEP = np.arange(0.05, 0.951, 0.05).round(2)      # scores at which precision and recall are reported
CLASS_GAP = 4096.0                                 # shifts classes apart, so that one NMS serves all of them


def iou_matrix(a, b):
    """a [N,4], b [M,4] as x1,y1,x2,y2 -> [N,M]"""
    lo = np.maximum(a[:, None, :2], b[None, :, :2])
    hi = np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = np.clip(hi - lo, 0, None).prod(2)
    area = lambda x: (x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1])
    return inter / np.maximum(area(a)[:, None] + area(b)[None] - inter, 1e-9)


def nms(boxes, scores, classes):
    """Greedy and class-aware: the indices kept, best first."""
    order = np.argsort(-scores, kind='stable')
    shifted = boxes[order] + classes[order, None] * CLASS_GAP
    overlap = iou_matrix(shifted, shifted) > NMS_IOU
    alive = np.ones(len(order), bool)
    for i in range(len(order)):
        if alive[i]: alive[i + 1:] &= ~overlap[i, i + 1:]
    return order[alive]


def load_truth(folder, limit=None):
    """-> pictures [{file, width, height}], boxes {file: [G,4]}, classes {file: [G]}, difficult {file: [G]}, names {class: name}"""
    j = json.load(open(f'{folder}/instances.json'))
    pictures = [{'file': i['file_name'], 'width': i['width'], 'height': i['height'], 'id': i['id']} for i in j['images'][:limit]]
    rows = {p['id']: [] for p in pictures}
    for a in j['annotations']:
        x, y, w, h = a['bbox']
        if a['image_id'] in rows: rows[a['image_id']].append([x, y, x + w, y + h, a['category_id'], a.get('ignore', 0)])
    table = {p['file']: np.array(rows[p['id']], float).reshape(-1, 6) for p in pictures}   # [G,6]
    return pictures, table, {c['id']: c['name'] for c in j['categories']}


def keep(boxes, scores, classes):
    """The detections that count: above SCORE_MIN, after NMS. -> [N,6] x1,y1,x2,y2,score,class"""
    k = nms(boxes, scores, classes)
    k = k[scores[k] > SCORE_MIN]
    return np.column_stack([boxes[k], scores[k], classes[k]])


def picture_input(image, width, height):
    """Plain resize of the whole frame, as the service does. PIL image -> uint8 [1,H,W,3]"""
    return np.asarray(image.convert('RGB').resize((width, height), Image.BILINEAR))[None]


def run_model(path, folder, pictures, threads=1):
    """-> {file: [N,6]} in pixels of the picture"""
    import onnxruntime as ort
    options = ort.SessionOptions(); options.intra_op_num_threads = threads; options.log_severity_level = 3
    session = ort.InferenceSession(path, options, providers=['CPUExecutionProvider'])
    _, height, width, _ = session.get_inputs()[0].shape
    found = {}
    for n, p in enumerate(pictures):
        image = Image.open(f"{folder}/images/{p['file']}")
        rows = session.run(['rows'], {'image': picture_input(image, width, height)})[0][0]   # [100,6]
        assert rows.shape[1] == 6, rows.shape
        scale = np.array([p['width'] / width, p['height'] / height] * 2)
        found[p['file']] = keep(rows[:, :4] * scale, rows[:, 4], rows[:, 5])
        if sys.stderr.isatty() and n % 50 == 49: print(f'\r{n + 1}/{len(pictures)}', end='', file=sys.stderr)
    return found


def read_detections(path, pictures):
    """What `squint detect --json` printed -> {file: [N,6]} in pixels of the picture"""
    listed = {os.path.basename(d['file']): d['detections'] for d in json.load(open(path)) if 'detections' in d}   # the others have an error
    missing = [p['file'] for p in pictures if p['file'] not in listed]
    if missing: print(f'{len(missing)} of {len(pictures)} pictures are not in {path} and count as empty, first {missing[0]}', file=sys.stderr)
    found = {}
    for p in pictures:
        d = listed.get(p['file'], [])
        box = np.array([[b['x'], b['y'], b['x'] + b['width'], b['y'] + b['height']] for b in (e['box'] for e in d)], float).reshape(-1, 4)
        box *= [p['width'], p['height']] * 2
        found[p['file']] = keep(box, np.array([e['score'] for e in d], float), np.array([e['classId'] for e in d], float))
    return found


def match(found, table):
    """Every detection against its picture's boxes, once for all IoU bounds.
    -> [D,5] score, class, IoU with the box that it overlaps most, that box's number (-1: none), difficult"""
    out, base = [], 0
    for file, truth in table.items():
        det = found[file]
        o = iou_matrix(det[:, :4], truth[:, :4]) * (det[:, 5:6] == truth[None, :, 4])          # [N,G]
        if len(truth) and len(det):
            best = o.argmax(1); top = o.max(1)
            out.append(np.column_stack([det[:, 4], det[:, 5], top, np.where(top > 0, best + base, -1), truth[best, 5]]))
        elif len(det): out.append(np.column_stack([det[:, 4], det[:, 5], np.zeros(len(det)), -np.ones(len(det)), np.zeros(len(det))]))
        base += len(truth)
    return np.concatenate(out) if out else np.zeros((0, 5))


def judge(m, bound):
    """m [D,5] sorted by score -> right [D], wrong [D]; a hit on a difficult box is neither"""
    hit = (m[:, 2] >= bound) & (m[:, 3] >= 0)
    neither = hit & (m[:, 4] > 0)
    right = np.zeros(len(m), bool)
    candidates = np.flatnonzero(hit & ~neither)
    _, first = np.unique(m[candidates, 3], return_index=True)      # the best scored detection of each box
    right[candidates[first]] = True
    return right, ~right & ~neither


def average_precision(right, wrong, boxes):
    t, f = right.cumsum(), wrong.cumsum()
    recall = np.concatenate([[0], t / boxes, [1]])
    precision = np.concatenate([[0], t / np.maximum(t + f, 1e-9), [0]])
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    step = np.flatnonzero(recall[1:] != recall[:-1])
    return float(((recall[step + 1] - recall[step]) * precision[step + 1]).sum())


def score(found, table, names):
    """-> {'ap50', 'ap', 'classes': {name: AP50}, 'sweep': [{score, precision, recall, f1}], 'best': ...}"""
    truth = np.concatenate(list(table.values()))
    count = {int(c): int(((truth[:, 4] == c) & (truth[:, 5] == 0)).sum()) for c in np.unique(truth[:, 4])}
    count = {c: n for c, n in count.items() if n}
    m = match(found, table)
    m = m[np.argsort(-m[:, 0], kind='stable')]
    per_class = {}
    for c, n in count.items():
        mc = m[m[:, 1] == c]
        per_class[c] = [average_precision(*judge(mc, b), n) for b in IOU_BOUNDS]
    m = m[np.isin(m[:, 1], list(count))]
    right, wrong = judge(m, 0.5)
    sweep = []
    for s in SWEEP:                                                # all classes pooled, IoU 0.5
        t, f = int(right[m[:, 0] >= s].sum()), int(wrong[m[:, 0] >= s].sum())
        p, r = t / max(t + f, 1), t / sum(count.values())
        sweep.append({'score': float(s), 'precision': round(p, 4), 'recall': round(r, 4), 'f1': round(2 * p * r / max(p + r, 1e-9), 4)})
    aps = np.array(list(per_class.values()))                       # [classes, 10]
    return {'pictures': len(table), 'boxes': sum(count.values()), 'ap50': round(float(aps[:, 0].mean()), 4), 'ap': round(float(aps.mean()), 4),
            'classes': {names[c]: round(v[0], 4) for c, v in per_class.items()}, 'best': max(sweep, key=lambda e: e['f1']), 'sweep': sweep}


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = a.add_mutually_exclusive_group(required=True)
    what.add_argument('--model'); what.add_argument('--detections')
    a.add_argument('--data', required=True); a.add_argument('--limit', type=int); a.add_argument('--json'); a.add_argument('--threads', type=int, default=1)
    a = a.parse_args()
    start = time.time()
    pictures, table, names = load_truth(a.data, a.limit)
    found = run_model(a.model, a.data, pictures, a.threads) if a.model else read_detections(a.detections, pictures)
    result = score(found, table, names)
    file = a.model or a.detections
    print(f"\r{os.path.basename(file)}: {result['pictures']} pictures  AP50 {result['ap50']:.3f}  AP50:95 {result['ap']:.3f}  ({time.time() - start:.0f} s)")
    print('  '.join(f'{n} {v:.2f}' for n, v in result['classes'].items()))
    b = result['best']; print(f"best F1 {b['f1']:.2f} at score {b['score']:.2f}: precision {b['precision']:.2f}, recall {b['recall']:.2f}")
    if a.json: json.dump({'file': os.path.basename(file), **result}, open(a.json, 'w'), indent=1)
