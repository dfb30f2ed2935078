"""Mixed precision by measured sensitivity: which convolutions are worth their float milliseconds.

    python step09_mixed.py FLOAT.onnx MIXED.onnx --data DATA --stem 3 [--bound 1.1] [--quick]      # -> results/mixed.json under the file's name, 3 minutes (scout), 8 (expert)

Units are single convolutions and, together, the gates of a block, whole blocks, the class heads, the side heads. Each unit is left float alone in the int8 graph:
gain   how much the outputs come nearer to the float network's on training photos: error = sum (p - p')^2 / sum p^2 of the class probabilities, plus the difference of the
       expected box sides in strides, where the float network sees something, over their mean
price  milliseconds more, measured in turns with the int8 graph (processor time of one thread, so that others on the machine disturb it little)
Then greedily, the best gain per millisecond first, gains measured again beside those chosen already (as HAWQ does by curvature, Dong et al. 2019, here by the outputs),
until BOUND times the int8 milliseconds. Checked in the optimised model: what was left float runs in float. voc-dev only judges the end, int8, mixed and float in turn.
"""
import argparse, collections, json, os, re, tempfile, time
import numpy as np, onnx, onnxruntime as ort
from tqdm import tqdm
import graph as plain_graph, step07_quantise as quant, step15_evaluate as evaluate
from step04_prune import RESULTS

BOUNDS = (1.05, 1.1, 1.2)                          # times the milliseconds of int8
CALIBRATION, PROBES = 64, 16             # photos for the ranges; other ones for the errors
ROUNDS, QUANTILE = 60, 20                          # of the races; the quiet ones count
AGAIN = 8                                          # units measured anew in each round of the greedy choice
LEAST = 0.01                                       # a price never counts as less than this share of int8's milliseconds: noise
SEEN = 0.05
RESULT = f'{RESULTS}/mixed.json'


def units(g, stem):
    """{name: [outputs of its convolutions]}, the stem left out; names of weights are those of nets.py"""
    convs = [n for n in g.nodes if n.op_type == 'Conv'][stem:]; single, block = collections.OrderedDict(), collections.OrderedDict()
    for n in convs:
        name = re.sub(r'^net\.|\.conv\.weight$|\.weight$', '', n.input[1])
        if re.match(r'(class|side)\d', name): single.setdefault(name.rstrip('0123456789_w') + ' heads', []).append(n.output[0]); continue
        single.setdefault(re.sub(r'\.se\.[ab]$', '.se', name), []).append(n.output[0])
        block.setdefault(re.match(r'(stages\.\d+\.\d+|\w+\.\d+|\w+)', name)[0] + '.*', []).append(n.output[0])
    return {**single, **{k: v for k, v in block.items() if not any(v == u for u in single.values())}}


def opened(model, names):
    m = onnx.ModelProto(); m.CopyFrom(model); m.graph.output.extend(onnx.helper.make_empty_tensor_value_info(n) for n in names); return plain_graph.session(m)


class Remembering(quant.Quantiser):
    """Ranges do not depend on what stays float: chosen once"""
    def __init__(self, g, float_convs, known): self.known = known; super().__init__(g, float_convs)
    def range_of(self, t):
        if t not in self.known: self.known[t] = super().range_of(t)
        return self.known[t]


class Lab:
    def __init__(self, source, photo_file, stem, seed, calibration, probes, equal=True):
        self.g = g = plain_graph.Graph(onnx.load(source)); self.size = size = tuple(g.shape['image'][1:3])
        images = list(quant.photos(photo_file, calibration + probes, size, seed)); self.probes = images[calibration:]; images = images[:calibration]
        self.float_model, self.known = g.model(*size), {}; equal and quant.equalise(g, size, images); self.convs = [n.output[0] for n in g.nodes if n.op_type == 'Conv']; self.stem = self.convs[:stem]
        measured = list(dict.fromkeys([*quant.Quantiser(g, self.stem).measured, *(n.output[0] for n in g.nodes if n.op_type in quant.MATHS and len(g.shape[n.output[0]]) == 4)]))
        self.histograms = quant.observe(g.model(*size), measured, images)
        s = opened(g.model(*size), ['logits', 'all_sides']); self.target = [self.read(*s.run(['logits', 'all_sides'], {'image': i})) for i in self.probes]
    @staticmethod
    def read(logits, sides):
        p = 1 / (1 + np.exp(-logits[0].astype(np.float64))); e = np.exp(sides[0].reshape(-1, 4, 8) - sides[0].reshape(-1, 4, 8).max(2, keepdims=True)); return p, (e / e.sum(2, keepdims=True)) @ np.arange(8)
    def model(self, chosen=()):
        q = Remembering(self.g, [*self.stem, *chosen], self.known); q.plan({t: self.histograms[t] for t in q.measured}); return q, q.write().model(*self.size)
    def error(self, chosen=()):
        """-> class error, side error"""
        q, m = self.model(chosen); names = [q.twin.get(t, t) for t in ('logits', 'all_sides')]; s = opened(m, names); a = b = c = d = 0.
        for image, (p, side) in zip(self.probes, self.target):
            out = [(v.astype(np.float32) - q.params[t][1]) * q.params[t][0] if t in q.twin else v for t, v in zip(('logits', 'all_sides'), s.run(names, {'image': image}))]
            mine, reach = self.read(*out); top = p.max(1) * (p.max(1) > SEEN); a += ((p - mine) ** 2).sum(); b += (p ** 2).sum(); c += (np.abs(side - reach).mean(1) * top).sum(); d += (side.mean(1) * top).sum()
        return float(a / b), float(c / d)
    def verify(self, chosen=()):
        """Counts in the optimised model: as many float convolutions as were asked for"""
        with tempfile.TemporaryDirectory() as scratch:
            o = ort.SessionOptions(); o.log_severity_level = 3; o.optimized_model_filepath = f'{scratch}/o.onnx'; ort.InferenceSession(self.model(chosen)[1].SerializeToString(), o, providers=['CPUExecutionProvider'])
            kinds = collections.Counter(n.op_type for n in onnx.load(o.optimized_model_filepath).graph.node)
        floats = kinds['Conv'] + kinds['FusedConv']; wanted = len(self.stem) + len(set(chosen)); assert floats == wanted and kinds['QLinearConv'] == len(self.convs) - wanted, (floats, wanted, kinds); return floats


def race(models, image, rounds=ROUNDS):
    """ms of each, in turns: the QUANTILE of all rounds. One thread, its processor time: others use the machine"""
    sessions = [plain_graph.session(m) for m in models]; times = np.zeros((rounds, len(models)))
    for r in range(-2, rounds):
        for k, s in enumerate(sessions):
            t = time.thread_time(); s.run(None, {'image': image})
            if r >= 0: times[r, k] = (time.thread_time() - t) * 1e3
    return np.percentile(times, QUANTILE, axis=0)


def ap(model, data, limit):
    pictures, table, names = evaluate.load_truth(f'{data}/voc-dev', limit)
    with tempfile.TemporaryDirectory() as scratch:
        onnx.save(model, f'{scratch}/m.onnx'); r = evaluate.score(evaluate.run_model(f'{scratch}/m.onnx', f'{data}/voc-dev', pictures), table, names); return r['ap50'], r['ap']


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('source'); a.add_argument('target'); a.add_argument('--data', required=True); a.add_argument('--stem', type=int, default=quant.STEM); a.add_argument('--seed', type=int, default=quant.SEED); a.add_argument('--bound', type=float, default=1.1, help='the one that is written')
    a.add_argument('--calibration', type=int, default=CALIBRATION); a.add_argument('--probes', type=int, default=PROBES); a.add_argument('--rounds', type=int, default=ROUNDS); a.add_argument('--limit', type=int, help='pictures of voc-dev')
    a.add_argument('--quick', action='store_true', help='12 units, few photos'); a.add_argument('--json', default=RESULT); a = a.parse_args(); began = time.time()
    if a.quick: a.calibration, a.probes, a.rounds, a.limit = 16, 4, 10, 40
    lab = Lab(a.source, f'{a.data}/train/photos-00.npz', a.stem, a.seed, a.calibration, a.probes); every = units(lab.g, a.stem); image = lab.probes[0]
    if a.quick: every = dict(list(every.items())[::len(every) // 12])
    total = lambda e: e[0] + e[1]; base = lab.error(); lab.verify(); print(f'{len(every)} units, error of int8 {base[0]:.4f} + {base[1]:.4f}', flush=True)
    gain = {k: total(base) - total(lab.error(v)) for k, v in tqdm(every.items(), desc='gains', mininterval=5)}
    useful = sorted((k for k in gain if gain[k] > 0), key=lambda k: -gain[k])[:48]; ms = race([lab.model()[1], *(lab.model(every[k])[1] for k in useful)], image, a.rounds)
    price = {k: max(float(t - ms[0]), LEAST * float(ms[0])) for k, t in zip(useful, ms[1:])}; print(f'int8 {ms[0]:.2f} ms, {len(useful)} units help', flush=True)
    chosen, spent, now, path = {}, 0., total(base), []; budget = (max(BOUNDS) - 1) * float(ms[0]); expected = dict(gain)
    while True:                                    # the best gain per millisecond, those that looked best measured again
        have = {c for v in chosen.values() for c in v}; left = [k for k in useful if k not in chosen and not set(every[k]) <= have and spent + price[k] <= budget]
        left = sorted(left, key=lambda k: -expected[k] / price[k])[:AGAIN]
        if not left: break
        for k in left: expected[k] = now - total(lab.error([*have, *every[k]]))
        best = max(left, key=lambda k: expected[k] / price[k])
        if expected[best] <= 0:
            useful = [k for k in useful if k not in left]; continue
        chosen[best] = every[best]; spent += price[best]; now -= expected[best]; path.append({'unit': best, 'ms': round(spent / float(ms[0]) + 1, 3), 'error': round(now, 5)}); print(path[-1], flush=True)
    picks = {f'mixed {b}': [c for p in path if p['ms'] <= b for c in every[p['unit']]] for b in BOUNDS}; models = {'int8': lab.model()[1], **{k: lab.model(v)[1] for k, v in picks.items()}, 'float': lab.float_model}
    order = list(models); t = race([models[k] for k in order], image, a.rounds * 2); rows = {}
    for k, v in zip(order, t):
        rows[k] = {'ms': round(float(v), 3), 'bytes': len(quant.short(onnx.ModelProto.FromString(models[k].SerializeToString())).SerializeToString())}
        rows[k]['ap50'], rows[k]['ap'] = ap(models[k], a.data, a.limit)
        if k in picks: rows[k].update(floatConvolutions=lab.verify(picks[k]), error=[round(e, 5) for e in lab.error(picks[k])], kept=[p['unit'] for p in path if p['ms'] <= float(k.split()[1])])
        print(k, rows[k], flush=True)
    rows['int8']['error'] = [round(e, 5) for e in base]; pick = lab.model([c for p in path if p['ms'] <= a.bound for c in every[p['unit']]])[1]; onnx.save(quant.short(pick), a.target)
    facts = {'source': os.path.basename(a.source), 'stem': a.stem, 'seed': a.seed, 'calibration': a.calibration, 'probes': a.probes, 'rounds': a.rounds, 'quantile': QUANTILE, 'again': AGAIN, 'least': LEAST, 'pictures': a.limit or 600, 'threads': 1, 'seconds': round(time.time() - began)}
    done = json.load(open(a.json)) if os.path.exists(a.json) else {}
    done[os.path.basename(a.source)] = {'settings': facts, 'rows': rows, 'path': path, 'sensitivity': {k: {'gain': round(v, 5), **({'ms': round(price[k], 3)} if k in price else {})} for k, v in sorted(gain.items(), key=lambda i: -i[1])}}
    json.dump(done, open(a.json, 'w'), indent=1)
