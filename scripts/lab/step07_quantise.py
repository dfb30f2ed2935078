"""A float ONNX file to int8: static, QDQ, uint8 activations and int8 weights (symmetric, one scale per output channel).

    python step07_quantise.py FLOAT.onnx INT8.onnx --photos DATA/train/photos-00.npz

FLOAT.onnx comes from step06_export.py. A tensor that a convolution reads or writes is uint8 from then on, with one scale and zero
point; weights are int8 in -127..127 with zero point 0 and biases int32, which is what onnxruntime's integer convolutions want on x86 and on ARM.
Operators that only move or compare numbers (Resize, MaxPool, Concat of equal scales, Transpose, Gather, ReduceMax, ArgMax, ...) run on the
uint8 values themselves; the others stand between DequantizeLinear and QuantizeLinear, which the runtime fuses into its QLinear kernels.
Relu needs no operator: with zero point 0 the quantisation itself cuts at 0. HardSigmoid, relu6(x + 3) / 6, is an Add of 3 whose output
range is exactly 0..6, read back with a sixth of the scale.
"""
import argparse, io, os, time
import numpy as np, onnx
from onnx import helper, TensorProto
from PIL import Image
import graph as plain_graph
from graph import attributes, session

PHOTOS = 128                                       # calibration photos
SEED = 7
BINS = 4096                                        # of the histograms from which ranges are chosen
STEM = 1                                           # convolutions at the start that stay float
MAX_FACTOR = 32.0                                  # of the channel equalisation
LOGIT_MIN = -7.0                                   # class logits below it (score 0.001) need no resolution

MOVES = {'Resize', 'Slice', 'MaxPool', 'Transpose', 'Reshape', 'Gather', 'Concat', 'ReduceMax', 'ArgMax', 'Equal', 'Where'}   # run on the integers
MATHS = {'Conv', 'Add', 'Mul', 'Concat', 'GlobalAveragePool', 'HardSigmoid', 'Sigmoid', 'Relu'}                       # run between DQ and Q


def photos(path, count, size, seed):
    """-> uint8 [1,H,W,3] each"""
    z = np.load(path); data, offsets = z['data'], z['offsets']
    pick = np.random.default_rng(seed).choice(len(offsets) - 1, count, replace=False)
    for i in pick:
        image = Image.open(io.BytesIO(data[offsets[i]:offsets[i + 1]].tobytes())).convert('RGB')
        yield np.asarray(image.resize(size[::-1], Image.BILINEAR))[None]


def with_outputs(model, names):
    m = onnx.ModelProto(); m.CopyFrom(model)
    m.graph.output.extend(helper.make_empty_tensor_value_info(n) for n in names)
    return session(m)


def observe(model, names, images):
    """-> {tensor: (histogram [BINS], low, high)} over all photos: once for the extremes, once to count."""
    s = with_outputs(model, names)
    low, high = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for image in images:
        for n, v in zip(names, s.run(names, {'image': image})): low[n], high[n] = min(low[n], float(v.min())), max(high[n], float(v.max()))
    count = {n: np.zeros(BINS) for n in names}
    for image in images:
        for n, v in zip(names, s.run(names, {'image': image})):
            width = max(high[n] - low[n], 1e-9) / BINS
            count[n] += np.bincount(((v.reshape(-1) - low[n]) / width).astype(np.int32).clip(0, BINS - 1), minlength=BINS)
    return {n: (count[n], low[n], high[n]) for n in names}


def best_range(histogram, low, high, floor=-np.inf):
    """The range of least squared error: rounding inside (step^2 / 12), clipping outside. Values below `floor` are indifferent."""
    x = low + (np.arange(BINS) + 0.5) * (high - low) / BINS
    weight = np.where(x < floor, 0, histogram); low = max(low, floor)
    inside = weight.sum()
    def error(lo, hi): return ((np.clip(x, lo, hi) - x) ** 2 * weight).sum() + inside * ((hi - lo) / 255) ** 2 / 12
    grid = np.geomspace(1, 1 / 64, 49); lo, hi = low, high
    for _ in range(3):
        hi = min((high * f for f in grid), key=lambda v: error(lo, v))
        lo = min((low * f for f in grid), key=lambda v: error(v, hi))
    return float(lo), float(hi)


def keep_sums(q, w):
    """Depthwise filters that are nearly edge detectors live on the balance of their taps: round so that each filter's sum is kept to half a step.
    q [C,1,k,k] rounded in place, w [C,1,k,k] before rounding, both in steps."""
    for c in range(len(q)):
        taps, wish = q[c].reshape(-1), w[c].reshape(-1)
        excess = round(float(wish.sum() - taps.sum()))
        for k in np.argsort(-(wish - taps) * np.sign(excess))[:abs(excess)]: taps[k] += np.sign(excess)


# --- channel equalisation ------------------------------------------------------------------------------------------
# One scale serves all channels of a tensor, so a channel whose values are a hundredth of the largest one's keeps one or two bits. Relu, Add,
# pooling and gating commute with a positive factor per channel: multiply the rows of the convolutions that write a channel by it, divide the
# columns of those that read it, and the float network computes what it did (Nagel et al. 2019, "Data-free quantization", section 4.1).

def commuting(g, n):
    """The tensors that must carry the same factors on both sides of this operator, each with its first channel in the output; None if it is not linear per channel."""
    if len(g.shape[n.output[0]]) != 4: return None                                # the decoding
    gate = lambda t: g.producer(t) is not None and g.producer(t).op_type in ('HardSigmoid', 'Sigmoid') and g.shape[g.producer(t).input[0]][2:] == [1, 1]
    if n.op_type in ('Relu', 'Add', 'GlobalAveragePool', 'Resize') and not any(i in g.const for i in n.input[:2]): return [(i, 0) for i in n.input if i and i not in g.const]
    if n.op_type == 'Mul' and sum(map(gate, n.input)) == 1: return [(i, 0) for i in n.input if not gate(i)]
    if n.op_type == 'Concat' and attributes(n)['axis'] == 1:
        firsts = np.cumsum([0] + [g.shape[i][1] for i in n.input])
        return list(zip(n.input, map(int, firsts)))
    return None


def equalise(g, size, images):
    """Channels that must share a factor are one set (union-find over all channels of all tensors); a set counts if only convolutions write and read it."""
    tensors = [t for t in dict.fromkeys(t for n in g.nodes for t in [*n.input, *n.output] if t and t not in g.const) if len(g.shape.get(t, [])) == 4 and 'image' not in t]
    base = dict(zip(tensors, np.cumsum([0] + [g.shape[t][1] for t in tensors]).tolist()))
    total = sum(g.shape[t][1] for t in tensors)
    parent = list(range(total))
    def root(k):
        while parent[k] != k: parent[k] = parent[parent[k]]; k = parent[k]
        return k
    linked = {id(n): commuting(g, n) for n in g.nodes}
    for n in g.nodes:
        for t, first in linked[id(n)] or []:
            for c in range(g.shape[t][1]): parent[root(base[t] + c)] = root(base[n.output[0]] + first + c)
    roots = np.array([root(k) for k in range(total)])
    channels = lambda t: roots[base[t]:base[t] + g.shape[t][1]]
    fixed, reach, column = np.zeros(total, bool), np.zeros(total), np.zeros(total)
    for n in g.nodes:
        if n.op_type == 'Conv' or linked[id(n)] is not None: continue
        for t in [*n.input, *n.output]:
            if t in base: fixed[channels(t)] = True
    top = {t: [] for t in tensors}; s = with_outputs(g.model(*size), tensors)
    for image in images:
        for t, v in zip(tensors, s.run(tensors, {'image': image})): top[t].append(np.abs(v).max((0, 2, 3)))
    for t in tensors:                              # per photo the largest magnitude of every channel, as a share of the tensor's largest
        mean = np.mean(top[t], 0); np.maximum.at(reach, channels(t), mean / max(mean.max(), 1e-9))
    convs = [n for n in g.nodes if n.op_type == 'Conv']
    for n in convs:
        w = np.abs(g.const[n.input[1]])            # a depthwise filter has a scale of its own per channel: nothing to balance there
        if n.input[0] in base and w.shape[1] > 1: np.maximum.at(column, channels(n.input[0]), w.max((0, 2, 3)) / w.max())
    factor = np.where(column > 0, np.sqrt(np.maximum(column, 1e-4) / np.maximum(reach, 1e-4)), 1 / np.maximum(reach, 1e-4))
    factor = np.where(fixed, 1, np.clip(factor, 1 / MAX_FACTOR, MAX_FACTOR)).astype(np.float32)
    for n in convs:
        w = g.const[n.input[1]]; f = factor[channels(n.output[0])]
        if n.input[0] in base: f_in = factor[channels(n.input[0])]; w = w / (f_in[:, None, None, None] if w.shape[1] == 1 else f_in[None, :, None, None])
        g.const[n.input[1]] = w * f[:, None, None, None]
        if len(n.input) > 2: g.const[n.input[2]] = g.const[n.input[2]] * f
    return int((factor != 1).sum())


class Quantiser:
    def __init__(self, g, float_convs=(), keep_sums=True):
        self.g, self.float_convs, self.keep_sums = g, set(float_convs), keep_sums
        self.nodes, self.const = [], {}
        self.params = {}                           # float tensor -> (scale, zero point) of its uint8 twin
        self.twin = {}                             # float tensor -> name of that twin
        self.integer = set()                       # tensors that have a twin
        self.whole = set()                         # outputs of the operators that run on integers
        for n in g.nodes:
            inputs = [i for i in n.input if i and i not in g.const]
            if n.op_type == 'Conv': whole = n.output[0] not in self.float_convs
            elif n.op_type in MATHS: whole = all(i in self.integer for i in inputs)
            else: whole = n.op_type in MOVES and any(i in self.integer for i in inputs)
            if whole: self.whole.add(n.output[0]); self.integer |= {n.output[0], n.input[0]} if n.op_type == 'Conv' else {n.output[0]}
        for n in g.nodes:                          # what only feeds a Relu never exists by itself; Equal and ArgMax give no quantities
            if n.op_type == 'Relu': self.integer.discard(n.input[0])
            if n.op_type in ('Equal', 'ArgMax'): self.integer.discard(n.output[0])
        self.measured = [n.output[0] for n in g.nodes if n.output[0] in self.integer and (n.output[0] not in self.whole or n.op_type in MATHS | {'Resize'}) and n.output[0] != 'image_float']

    # --- scales -----------------------------------------------------------------------------------------------
    def plan(self, histograms, extremes=False):
        """A mover's output shares its input's scale and a Concat's inputs share one, so that nothing is requantised on the way."""
        self.histograms, self.extremes, g = histograms, extremes, self.g
        group = {t: t for t in self.integer}
        def root(t):
            while group[t] != t: t = group[t]
            return t
        for n in g.nodes:
            if n.op_type in MOVES and n.output[0] in self.integer and n.output[0] in group:
                for i in n.input:
                    if i in self.integer: group[root(i)] = root(n.output[0])
        members = {}
        for t in sorted(self.integer - {'image_float'}): members.setdefault(root(t), []).append(t)
        for ts in members.values():
            known = [self.range_of(t) for t in ts if t in histograms]
            params = self.affine(min(0.0, *(r[0] for r in known)), max(0.0, *(r[1] for r in known)))
            for t in ts: self.params[t] = params
        for n in g.nodes:                          # fixed by definition
            if n.op_type in ('HardSigmoid', 'Sigmoid') and n.output[0] in self.integer: self.params[n.output[0]] = (np.float32(1 / 255), np.uint8(0))
        self.params['image_float'] = (g.const['image_scale'], g.const['image_zero'])

    def range_of(self, t):
        histogram, lo, hi = self.histograms[t]
        kinds = {u.op_type for u in self.g.consumers(t)}
        floor = -np.inf
        if 'HardSigmoid' in kinds and kinds <= {'HardSigmoid', 'Mul'}: floor = -3.0            # hard-swish is 0 below -3
        if t.startswith('class') or kinds == {'MaxPool', 'Equal', 'Where'}: return max(lo, LOGIT_MIN), hi
        return (max(lo, floor), hi) if self.extremes else best_range(histogram, lo, hi, floor)

    @staticmethod
    def affine(lo, hi):
        scale = np.float32(max(hi - lo, 1e-6) / 255)
        return scale, np.uint8(np.clip(round(-lo / float(scale)), 0, 255))

    # --- writing the integer graph ---------------------------------------------------------------------------
    def put(self, op, inputs, output, **attrs): self.nodes.append(helper.make_node(op, inputs, [output], name=f'{output}:{op}', **attrs)); return output

    def scale_of(self, t):
        s, z = self.params[t]
        self.const[t + '.scale'], self.const[t + '.zero'] = np.float32(s), np.uint8(z)
        return [t + '.scale', t + '.zero']

    def to_float(self, t):
        """The float view of a tensor: DequantizeLinear of its twin if it is an integer."""
        if t in self.g.const: self.const[t] = self.g.const[t]; return t
        if t not in self.twin: return t
        if t + '.float' not in {o for n in self.nodes for o in n.output}: self.put('DequantizeLinear', [self.twin[t], *self.scale_of(t)], t + '.float')
        return t + '.float'

    def to_integer(self, value, t):
        self.twin[t] = self.put('QuantizeLinear', [value, *self.scale_of(t)], t + '.u8')

    def conv(self, n, out):
        g = self.g; w = g.const[n.input[1]].astype(np.float64)
        b = g.const[n.input[2]].astype(np.float64) if len(n.input) > 2 else np.zeros(len(w))
        sx = float(self.params[n.input[0]][0]); base = n.output[0]
        scale = np.abs(w).reshape(len(w), -1).max(1) / 127
        scale = np.maximum(scale, np.maximum(np.abs(b) / sx / 2**30, 1e-12)).astype(np.float32)               # the bias must fit int32
        q = np.rint(w / scale.reshape(-1, 1, 1, 1))
        if w.shape[1] == 1 and self.keep_sums: keep_sums(q, w / scale.reshape(-1, 1, 1, 1))
        q = np.clip(q, -127, 127).astype(np.int8)
        bias_scale = (sx * scale.astype(np.float64)).astype(np.float32)
        self.const[base + '.w'], self.const[base + '.wscale'] = q, scale                                       # zero points of 0 are left out: the operator's default
        self.const[base + '.b'], self.const[base + '.bscale'] = np.rint(b / bias_scale).astype(np.int32), bias_scale
        wf = self.put('DequantizeLinear', [base + '.w', base + '.wscale'], base + '.wfloat', axis=0)
        bf = self.put('DequantizeLinear', [base + '.b', base + '.bscale'], base + '.bfloat', axis=0)
        keep = {k: v for k, v in attributes(n).items() if k in ('pads', 'strides', 'group', 'kernel_shape', 'dilations')}
        self.to_integer(self.put('Conv', [self.to_float(n.input[0]), wf, bf], base + '.conv', **keep), out)

    def float_conv(self, n, a):
        """A convolution that stays float behind an integer tensor: Cast and Sub, its scale in the weights, as a DequantizeLinear would have onnxruntime quantise it."""
        t = n.input[0]; s, z = self.params[t]; w = n.output[0] + '.w'; self.const[w] = (self.g.const[n.input[1]] * np.float32(s)).astype(np.float32)
        if t + '.steps' not in {o for m in self.nodes for o in m.output}:
            self.put('Cast', [self.twin[t]], t + '.steps' if z == 0 else t + '.cast', to=TensorProto.FLOAT)
            if z: self.const[t + '.grey'] = np.float32(z); self.put('Sub', [t + '.cast', t + '.grey'], t + '.steps')
        self.put('Conv', [t + '.steps', w, *[self.to_float(i) for i in n.input[2:]]], n.output[0], **a)

    def write(self):
        g = self.g
        for n in g.nodes:
            out = n.output[0]; a = attributes(n)
            if out == 'image_float' and out in self.integer: self.twin[out] = n.input[0]; continue
            if out == 'image_float':               # no DequantizeLinear before a float Conv: onnxruntime would quantise its weights by itself, one scale for all
                self.const['image_grey'] = np.float32(g.const['image_zero'])
                self.put('Cast', [n.input[0]], 'image_cast', to=TensorProto.FLOAT); self.nodes.append(helper.make_node('Sub', ['image_cast', 'image_grey'], [out])); continue
            relu = next((u for u in g.consumers(out) if u.op_type == 'Relu'), None)
            if n.op_type == 'Relu' and out in self.twin: continue                                              # written with the node before it
            if out not in self.whole:
                if n.op_type == 'Conv' and n.input[0] in self.twin: self.float_conv(n, a)
                else: self.nodes.append(helper.make_node(n.op_type, [self.to_float(i) for i in n.input], list(n.output), name=out, **a))
                if out in self.integer: self.to_integer(out, out)
                continue
            target = relu.output[0] if relu and n.op_type in ('Conv', 'Concat') else out
            if n.op_type == 'Conv': self.conv(n, target)
            elif n.op_type == 'HardSigmoid':
                three = out + '.three'; self.const.update({three: np.uint8(255), three + '.scale': np.float32(3 / 255), three + '.zero': np.uint8(0), out + '.six': np.float32(6 / 255), out + '.zero': np.uint8(0)})
                self.put('DequantizeLinear', [three, three + '.scale', three + '.zero'], three + '.float')
                self.put('Add', [self.to_float(n.input[0]), three + '.float'], out + '.plus3')
                self.twin[out] = self.put('QuantizeLinear', [out + '.plus3', out + '.six', out + '.zero'], out + '.u8')
            elif n.op_type in MOVES and (n.op_type != 'Concat' or out in self.integer):
                inputs = []
                for i in n.input:
                    if n.op_type == 'Where' and i == 'never': self.const['never.u8'] = np.uint8(0); i = 'never.u8'
                    elif i in self.g.const: self.const[i] = self.g.const[i]
                    inputs.append(self.twin.get(i, i))
                if n.op_type in ('Equal', 'ArgMax'): self.nodes.append(helper.make_node(n.op_type, inputs, [out], name=out, **a))
                else: self.twin[out] = self.put(n.op_type, inputs, out + '.u8', **a)
            else: self.to_integer(self.put(n.op_type, [self.to_float(i) for i in n.input], out + '.raw', **a), target)
        done = plain_graph.Graph.__new__(plain_graph.Graph); done.nodes, done.const = self.nodes, self.const
        return done


def short(model):
    """Names of one to three characters instead of paths: a tenth of a small model's file."""
    digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'; g = model.graph; names = {'image': 'image', 'rows': 'rows', '': ''}
    def of(name):
        if name not in names:
            k, s = len(names), ''
            while k: k, r = divmod(k, 62); s = digits[r] + s
            names[name] = s
        return names[name]
    for i in g.initializer: i.name = of(i.name)
    for n in g.node: n.name = ''; n.input[:] = [of(i) for i in n.input]; n.output[:] = [of(o) for o in n.output]
    onnx.checker.check_model(model); return model


def quantise(source, target, photo_file, count=PHOTOS, seed=SEED, stem=STEM, extremes=False, equal=True):
    g = plain_graph.Graph(onnx.load(source)); size = tuple(g.shape['image'][1:3])
    images = list(photos(photo_file, count, size, seed))
    if equal:
        before = session(g.model(*size)).run(None, {'image': images[0]})[0]
        print(f'{equalise(g, size, images)} channels equalised')
        moved = np.abs(session(g.model(*size)).run(None, {'image': images[0]})[0] - before)[0, :10].max(); assert moved < 1, moved     # pixels
    q = Quantiser(g, [n.output[0] for n in g.nodes if n.op_type == 'Conv'][:stem])
    q.plan(observe(g.model(*size), q.measured, images), extremes)
    onnx.save(short(q.write().model(*size)), target)


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('source'); a.add_argument('target'); a.add_argument('--photos', required=True)
    a.add_argument('--count', type=int, default=PHOTOS); a.add_argument('--seed', type=int, default=SEED); a.add_argument('--stem', type=int, default=STEM, help='this many convolutions at the start stay float')
    a.add_argument('--extremes', action='store_true', help='min-max ranges'); a.add_argument('--no-equalise', action='store_true')
    a = a.parse_args()
    start = time.time()
    quantise(a.source, a.target, a.photos, a.count, a.seed, a.stem, a.extremes, not a.no_equalise)
    print(f'{a.target}: {len(onnx.load(a.target).graph.node)} nodes, {os.path.getsize(a.target)} bytes, {time.time() - start:.0f} s')
