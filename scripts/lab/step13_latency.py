"""How long a network takes on this machine (ONNX Runtime, one thread), from its layers alone: for the search, which cannot time every candidate.

    python step13_latency.py --measure                     # times every operator kind over a grid of shapes (PASSES x 1 to 2 minutes), fits, writes results/latency.json
    python step13_latency.py --fit                         # fits again from the saved times
    python step13_latency.py MODEL.onnx ...                # predicted and measured, kind by kind

    predict(layers) -> ms; layers are energy.Layer or tuples (kind, cin, cout, k, stride, h, w[, bits]), composites `se` and `hswish` included
    predict(layers, 'Raspberry Pi 4') -> ms on that board, by the coefficients of models/energy.json

A kind's time is a non-negative sum of: one call, its pixels, multiplications (channels rounded up to the vector width), values read, values written and
weights. Each is measured the way step07_quantise.py writes it (QDQ, uint8), behind a convolution, as the difference of two graphs that differ by REPEAT of it.
Others use the machine too: graphs take turns, the 20 % quantile over all rounds counts, and of several passes the quietest.
"""
import argparse, collections, json, os, time
import numpy as np, onnx, onnxruntime as ort, scipy.optimize
from onnx import helper, numpy_helper, TensorProto
import step12_energy as energy
from step12_energy import Layer, expand, layers_of, out_pixels, values, weights

RESULT = f'{energy.HERE}/results/latency.json'
SEED = 7
ROUNDS = 40
QUANTILE = 20                                      # per cent
PASSES = 3                                         # over all shapes
CHECKS = 9                                         # races of whole models
REPEAT = 6                                         # of the measured operator in one graph
NOISE, MODEL_ERROR = 0.02, 0.1                     # relative: of a time; of the form below
VECTOR = 16                                        # int8 channels that are computed together
SIZES = ((160, 256), (192, 320), (256, 416), (288, 480), (352, 512))               # inputs of the detectors that we search
CHANNELS = {4: (8, 16, 24, 32, 48, 64, 96), 8: (16, 24, 40, 64, 72, 96, 120), 16: (40, 64, 80, 112, 120, 192, 240, 320),                   # by stride
            32: (64, 96, 160, 240, 320, 480, 640, 960)}
GRID = {'pw': 90, 'add': 20, 'mul': 16, 'shift': 16, 'scale': 20, 'gap': 24, 'dw': 100, 'conv': 20, 'stem': 12, 'nearest': 20, 'bilinear': 14, 'concat': 30,
        'pool': 12, 'decode': 10}                  # shapes of each, fitted in this order
ALIGNED = {'dw', 'scale', 'pool', 'gap'}           # up to twice as slow where the channels are no multiple of VECTOR
ALIAS = {'act': 'shift', 'move': 'concat'}         # too rare in our detectors to be measured
REFERENCE = Layer('pw', 64, 64, 1, 1, 48, 80, 8)   # timed in every race, as the machine's speed drifts
UP = lambda c: -(-c // VECTOR) * VECTOR


def features(l):
    """What the time of a layer is a sum of. -> [6]"""
    pixels = l.h * l.w if l.kind == 'gap' else out_pixels(l)
    work = {'dw': UP(l.cin) * l.k ** 2 * pixels, 'conv': l.cin * UP(l.cout) * l.k ** 2 * pixels, 'pw': -(-l.cin // 4) * 4 * UP(l.cout) * pixels}.get(l.kind, 0)
    read = l.cin * l.h * l.w * (2 if l.kind in ('add', 'mul') else 1)
    return np.array([1, pixels * (l.k ** 2 if l.kind == 'dw' else 1), work, read, values(l) - read, weights(l)], float)


FEATURES = ('call', 'pixel', 'work', 'read', 'write', 'weight')


def group(l):
    """Layers that share coefficients: depthwise by size and stride, those whose channels are no multiple of VECTOR apart; all that is float, which is the stem."""
    if l.bits == 32: return 'float'
    odd = ' odd' if l.kind in ALIGNED and l.cin % VECTOR else ''
    return (f'dw{min(l.k, 5)}/{l.stride}' if l.kind == 'dw' else ALIAS.get(l.kind, l.kind)) + odd


# --- graphs as step07_quantise.py writes them -------------------------------------------------------------------------------
class Qdq:
    def __init__(self, rng): self.rng, self.nodes, self.const, self.inputs, self.outputs = rng, [], {}, [], []
    def node(self, kind, inputs, **a):
        out = f't{len(self.nodes)}'; self.nodes.append(helper.make_node(kind, inputs, [out], name=out, **a)); return out
    def keep(self, value): name = f'c{len(self.const)}'; self.const[name] = np.asarray(value); return name
    def q(self, x, scale=0.05, zero=0): return self.node('QuantizeLinear', [x, self.keep(np.float32(scale)), self.keep(np.uint8(zero))])
    def dq(self, x, scale=0.05, zero=0): return self.node('DequantizeLinear', [x, self.keep(np.float32(scale)), self.keep(np.uint8(zero))])

    def input(self, *shape): name = f'in{len(self.inputs)}'; self.inputs.append((name, shape)); return name

    def conv(self, x, cin, cout, k=1, stride=1, depthwise=False):
        per = 1 if depthwise else cin
        w, b = self.rng.integers(-127, 128, (cout, per, k, k)).astype(np.int8), self.rng.integers(-999, 999, cout).astype(np.int32)
        scale = (0.02 * self.rng.random(cout) / np.sqrt(per * k * k) + 1e-4).astype(np.float32)
        wf = self.node('DequantizeLinear', [self.keep(w), self.keep(scale), self.keep(np.zeros(cout, np.int8))], axis=0)
        bf = self.node('DequantizeLinear', [self.keep(b), self.keep(scale * np.float32(0.05)), self.keep(np.zeros(cout, np.int32))], axis=0)
        return self.q(self.node('Conv', [self.dq(x), wf, bf], kernel_shape=[k, k], pads=[k // 2] * 4, strides=[stride] * 2, group=cin if depthwise else 1))

    def apply(self, l, x, y=None):
        """One layer on x (and y, for the layers of two tensors)."""
        if l.kind in energy.CONV: return self.conv(x, l.cin, l.cout, l.k, l.stride, l.kind == 'dw')
        if l.kind in ('add', 'mul'): return self.q(self.node(l.kind.capitalize(), [self.dq(x), self.dq(y)]), 0.1)
        if l.kind == 'shift': return self.q(self.node('Add', [self.dq(x), self.dq(self.keep(np.uint8(255)), 3 / 255)]), 6 / 255)
        if l.kind == 'scale': return self.q(self.node('Mul', [self.dq(y, 1 / 255), self.dq(x)]))
        if l.kind == 'gap': return self.q(self.node('GlobalAveragePool', [self.dq(x)]))
        if l.kind == 'pool': return self.node('MaxPool', [x], kernel_shape=[l.k] * 2, pads=[l.k // 2] * 4, strides=[1, 1])
        if l.kind == 'concat': return self.node('Concat', [x, y], axis=1)
        mode = dict(mode='nearest', nearest_mode='floor') if l.kind == 'nearest' else dict(mode='linear')
        return self.node('Resize', [x, '', self.keep(np.float32([1, 1, l.stride, l.stride]))], coordinate_transformation_mode='asymmetric', **mode)

    def decode(self, levels):
        """levels: [(80 logits, 32 box sides, h, w)] -> rows, as graph.py and step07_quantise.py end a detector"""
        def cells(x, c, h, w): return self.node('Reshape', [self.node('Transpose', [x], perm=[0, 2, 3, 1]), self.keep(np.int64([1, h * w, c]))])
        whole = lambda parts: self.node('Concat', parts, axis=1) if len(parts) > 1 else parts[0]
        logits, sides = whole([cells(a, 80, h, w) for a, _, h, w in levels]), whole([cells(b, 32, h, w) for _, b, h, w in levels])
        n = sum(h * w for *_, h, w in levels); best = self.dq(self.node('ReduceMax', [logits], axes=[2], keepdims=0))
        self.nodes.append(helper.make_node('TopK', [best, self.keep(np.int64([100]))], ['top', 'which'], axis=1))
        cell = self.node('Squeeze', ['which', self.keep(np.int64([0]))]); take = lambda t: self.node('Gather', [t, cell], axis=1)
        label = self.node('Cast', [self.node('ArgMax', [take(logits)], axis=2, keepdims=1)], to=TensorProto.FLOAT)
        bins = self.node('Softmax', [self.node('Reshape', [self.dq(take(sides)), self.keep(np.int64([1, 100, 4, 8]))])], axis=3)
        side = self.node('Reshape', [self.node('MatMul', [bins, self.keep(np.arange(8, dtype=np.float32)[:, None])]), self.keep(np.int64([1, 100, 4]))])
        centre, reach = (take(self.keep(np.ones((1, n, 4), np.float32))) for _ in range(2))
        score = self.node('Unsqueeze', [self.node('Sigmoid', ['top']), self.keep(np.int64([2]))])
        return self.node('Concat', [self.node('Add', [centre, self.node('Mul', [side, reach])]), score, label], axis=2)

    def session(self):
        tensors = [helper.make_tensor_value_info(n, TensorProto.UINT8, s) for n, s in self.inputs]
        out = [onnx.ValueInfoProto(name=o) for o in self.outputs]
        g = helper.make_graph(self.nodes, 'bench', tensors, out, [numpy_helper.from_array(v, k) for k, v in self.const.items()])
        m = onnx.shape_inference.infer_shapes(helper.make_model(g, opset_imports=[helper.make_opsetid('', 13)], ir_version=7))
        options = ort.SessionOptions(); options.intra_op_num_threads = 1; options.log_severity_level = 3
        s = ort.InferenceSession(m.SerializeToString(), options, providers=['CPUExecutionProvider'])
        return s, {n: self.rng.integers(0, 256, shape).astype(np.uint8) for n, shape in self.inputs}


def pair(l, rng):
    """-> (with, without, layers measured, other layers by which the first graph is larger, and the second). Operators stand where real networks have them, in
    channels-last chains: onnxruntime transposes around others, and computes equal ones once."""
    graphs, own, more, less = [], [], [], []
    plain, half, up = lambda kind: Layer(kind, *[1] * 6), lambda n: -(-n // 2), l.kind in ('nearest', 'bilinear')
    for measured in (True, False):
        b = Qdq(rng); graphs.append(b); h, w = (l.h * l.stride, l.w * l.stride) if up else (l.h, l.w)
        end = lambda *tensors: b.outputs.extend(b.apply(plain('gap'), t) for t in tensors)
        if l.kind == 'stem':                       # image to uint8 features, float inside; against a 1x1 convolution
            if measured:
                x = b.node('Sub', [b.node('Cast', [b.node('Transpose', [b.input(1, h, w, 3)], perm=[0, 3, 1, 2])], to=TensorProto.FLOAT), b.keep(np.float32(114))])
                w, zero = b.keep(rng.normal(size=(l.cout, 3, 3, 3)).astype(np.float32)), b.keep(np.zeros(l.cout, np.float32))
                x = b.q(b.node('Relu', [b.node('Conv', [x, w, zero], pads=[1] * 4, strides=[2, 2])]))
            else: x = b.conv(b.input(1, 16, half(h), half(w)), 16, l.cout)
            for _ in range(4): x = b.conv(x, l.cout, l.cout, 3, 2, True)
            own = [Layer('image', 3, 3, 1, 1, h, w, 32), Layer('conv', 3, l.cout, 3, 2, h, w, 32), Layer('quant', l.cout, l.cout, 1, 1, half(h), half(w), 32)]
            end(x); less = [Layer('pw', 16, l.cout, 1, 1, half(h), half(w))]; continue
        if l.kind == 'decode':                     # with the heads
            shapes = [(-(-h // 2 ** i), -(-w // 2 ** i)) for i in range(3)]; features = [b.conv(b.input(1, 16, *hw), 16, 16) for hw in shapes]; end(*features)
            if measured: b.outputs.append(b.decode([(b.conv(x, 16, 80), b.conv(x, 16, 32), *hw) for x, hw in zip(features, shapes)]))
            own, more = [Layer('decode', 112, 6, 1, 1, sum(h * w for h, w in shapes), 1)], [Layer('pw', 16, c, 1, 1, *hw) for hw in shapes for c in (80, 32)]; continue
        x = first = b.conv(b.input(1, 16, h, w), 16, l.cin); small = b.conv(b.input(1, 16, l.h, l.w), 16, l.cin)
        gate, wide = b.conv(b.input(1, 16, 1, 1), 16, l.cin), b.conv(b.input(1, 16, h, w), 16, 2 * l.cin); repeated = []
        for _ in range(REPEAT):
            repeated.append(l)
            if up:                                 # the way down of a feature pyramid
                x = b.conv(b.apply(plain('add'), x, b.apply(l, b.conv(small, l.cin, l.cin)) if measured else first), l.cin, l.cin)
                more += [Layer('pw', l.cin, l.cin, 1, 1, l.h, l.w)] if measured else []
            elif l.kind == 'concat':
                x = b.apply(plain('add'), x, b.conv(b.apply(l, x, small) if measured else wide, 2 * l.cin, l.cin)); repeated[-1] = l._replace(cin=2 * l.cin, cout=2 * l.cin)
            elif l.kind == 'gap':                  # squeeze-excite
                q = -(-l.cin // 4); gates = b.conv(b.conv(b.apply(l, x) if measured else gate, l.cin, q), q, l.cin); x = b.apply(plain('scale'), x, b.apply(plain('shift'), gates))
            elif not measured: break
            elif l.stride == 2:                    # halved until little is left
                x, s = first, l
                for _ in range(4): x, s = b.apply(s, x), s._replace(h=half(s.h), w=half(s.w)); repeated.append(s)
                end(x); repeated.pop()
            elif l.kind in ('pw', 'conv'): x = b.conv(b.apply(l, x), l.cout, l.cin, l.k); repeated.append(l._replace(cin=l.cout, cout=l.cin))
            else: x = b.apply(l, x, gate if l.kind == 'scale' else small)
        own = repeated if measured else own; end(x, small, gate, wide)
    return (*graphs, own, more, less)


def cases(rng):
    """Shapes as they occur: the deeper the stride, the more channels."""
    for kind, count in GRID.items():
        for i in range(count):
            height, width = SIZES[rng.integers(len(SIZES))]; stride = int(rng.choice(list(CHANNELS))); c, d = (int(v) for v in rng.choice(CHANNELS[stride], 2))
            h, w, k, step = -(-height // stride), -(-width // stride), 1, 1
            if kind in ('pw', 'dw', 'scale', 'gap', 'concat', 'add') and i % 4 == 0:                             # right behind the stem
                h, w, c, d = height // 2, width // 2, int(rng.choice((8, 16, 24))), int(rng.choice((16, 24, 48, 64)))
            if kind == 'pw' and i % 10 == 9: h = w = 1; c = int(rng.choice((72, 120, 240, 480))); d = c // 4     # squeeze-excite
            if kind == 'dw': k, step, d = (3, 5)[i % 2], (1, 1, 2)[i % 3], c
            elif kind == 'conv': k, step, c = 3, 1 + i % 2, min(c, 64); d = c if i % 2 else min(d, 64)
            elif kind == 'stem': h, w, c, d = height, width, 3, (8, 16, 24)[i % 3]
            elif kind in ('nearest', 'bilinear'): step, d = 2, c
            elif kind == 'pool': k, d = 3, c
            elif kind == 'decode': h, w = height // 8, width // 8
            elif kind != 'pw': d = c
            yield Layer(kind, c, d, k, step, h, w, 8)


def race(sessions, rounds=ROUNDS):
    """Each in turn. -> ms of each: the QUANTILE over all rounds"""
    times = np.zeros((rounds, len(sessions)))
    for r in range(-3, rounds):
        for i, (s, feed) in enumerate(sessions):
            start = time.perf_counter(); s.run(None, feed)
            if r >= 0: times[r, i] = (time.perf_counter() - start) * 1e3
    return np.percentile(times, QUANTILE, axis=0)


# --- measure, fit, predict ---------------------------------------------------------------------------------------------
def reference(rng):
    b = Qdq(rng); x = b.input(1, REFERENCE.cin, REFERENCE.h, REFERENCE.w)
    for _ in range(REPEAT): x = b.apply(REFERENCE, x, None)
    b.outputs.append(x); return b.session()


def measure():
    """Everything PASSES times, minutes apart; of each shape the race counts in which the reference was fastest."""
    samples = []
    for turn in range(PASSES):
        rng = np.random.default_rng(SEED); ruler = reference(rng)
        for i, l in enumerate(cases(rng)):
            with_it, without, *parts = pair(l, np.random.default_rng(SEED)); own, more, less = ([[n, *g] for g, n in collections.Counter(part).items()] for part in parts)
            a, b, r = race([with_it.session(), without.session(), ruler])
            found = {'kind': l.kind, 'own': own, 'more': more, 'less': less, 'ms': round(float(a - b), 5), 'without': round(float(b), 5), 'reference': round(float(r), 5)}
            if turn == 0: samples.append(found)
            elif r < samples[i]['reference']: samples[i] = found
        print(f"pass {turn + 1}: {len(samples)} shapes, reference {np.median([s['reference'] for s in samples]):.3f} ms", flush=True)
    return samples


def solve(x, ms, without):                         # least squares against what is expected of the form, and of the difference of two noisy times
    sigma = np.hypot(MODEL_ERROR * np.maximum(ms, 0), NOISE * without); return scipy.optimize.nnls(x / sigma[:, None], ms / sigma)[0]
def one(l, coefficients): return float(features(l) @ coefficients[group(l)])


def fit(samples):
    """One kind after the other; what a sample holds of kinds already known is subtracted, the machine's drift divided out."""
    coefficients, errors, usual = {}, {}, float(np.median([s['reference'] for s in samples]))
    for kind in GRID:
        groups = {}
        for s in (s for s in samples if s['kind'] == kind):
            own, more, less = ([Layer(*row) for n, *row in s[part] for _ in range(n)] for part in ('own', 'more', 'less'))
            ms = s['ms'] * usual / s['reference'] + sum(one(l, coefficients) for l in less) - sum(one(l, coefficients) for l in more)
            groups.setdefault(group(own[0]), []).append((sum(map(features, own)), ms, max(s['without'], s['ms'])))
        for name, rows in groups.items():
            x, y, without = (np.array(v) for v in zip(*rows)); c = solve(x, y, without); clear = y > 5 * NOISE * without
            left = [float(x[i] @ solve(*(np.delete(v, i, 0) for v in (x, y, without))) / y[i] - 1) for i in np.flatnonzero(clear)]
            coefficients[name] = c.tolist()
            errors[name] = {'samples': len(y), 'clear': int(clear.sum()), 'leaveOneOutMedian': round(float(np.median(np.abs(left))), 3), 'sum': round(float((x @ c).sum() / y.sum() - 1), 3)}
    return coefficients, errors, usual


def saved():
    if not hasattr(saved, 'result'): saved.result = json.load(open(RESULT))
    return saved.result


def predict(layers, board=None):
    """-> ms of one thread, on this machine or, by name, on a board of models/energy.json"""
    if board: return float(sum(energy.milliseconds(layers, energy.boards()[board])))
    return sum(one(l, saved()['coefficients']) for l in expand(layers))


def check(paths):
    """Whole models: predicted against the median of several races. -> {file: {...}}"""
    rng = np.random.default_rng(SEED); sessions, found = [], {}
    for path in paths:
        options = ort.SessionOptions(); options.intra_op_num_threads = 1; options.log_severity_level = 3
        s = ort.InferenceSession(path, options, providers=['CPUExecutionProvider']); i = s.get_inputs()[0]
        sessions.append((s, {i.name: rng.integers(0, 256, i.shape).astype(np.uint8 if 'uint8' in i.type else np.float32)}))
    ruler, runs = reference(rng), []
    for _ in range(CHECKS): *times, r = race([*sessions, ruler]); runs.append(np.array(times) * saved()['reference'] / r); time.sleep(2)
    for path, ms in zip(paths, np.array(runs).T):
        predicted, measured = predict(layers_of(path)), float(np.median(ms))
        row = {'measured': measured, 'lowest': ms.min(), 'highest': ms.max(), 'predicted': predicted, 'error': predicted / measured - 1}
        found[os.path.basename(path)] = {name: round(float(v), 3) for name, v in row.items()}
    return found


def machine():
    name = next(line.split(':')[1].strip() for line in open('/proc/cpuinfo') if line.startswith('model name'))
    return f'{name}, 1 thread, onnxruntime {ort.__version__} (Python)'


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('models', nargs='*'); a.add_argument('--measure', action='store_true'); a.add_argument('--fit', action='store_true')
    a = a.parse_args()
    if a.measure or a.fit:
        samples = measure() if a.measure else saved()['samples']
        coefficients, errors, usual = fit(samples)
        settings = {'seed': SEED, 'rounds': ROUNDS, 'quantile': QUANTILE, 'passes': PASSES, 'checks': CHECKS, 'repeat': REPEAT, 'noise': NOISE,
                    'modelError': MODEL_ERROR, 'vector': VECTOR, 'grid': GRID}
        result = {'machine': machine(), 'settings': settings, 'features': FEATURES, 'coefficients': coefficients, 'errors': errors, 'reference': usual}
        saved.result = result; shipped = f'{energy.HERE}/../../models'
        result['models'] = check([f'{shipped}/{f}' for f in sorted(os.listdir(shipped)) if f.endswith('.int8.onnx')])
        rows = ',\n'.join(f'  {json.dumps(s)}' for s in samples)
        open(RESULT, 'w').write(json.dumps(result, indent=1)[:-2] + f',\n "samples": [\n{rows}\n ]\n}}\n')
        for name, e in errors.items(): print(f'{name:10s} {e}', ' '.join(f'{f} {c * 1e6:.4g}' for f, c in zip(FEATURES, coefficients[name])), 'ns')
        for name, m in result['models'].items(): print(f'{name:40s}', m)
    for path in a.models:
        layers = list(expand(layers_of(path))); print(check([path]))
        for name in sorted({group(l) for l in layers}):
            part = [l for l in layers if group(l) == name]; print(f'  {name:10s} {len(part):4d} {predict(part):8.3f} ms')
