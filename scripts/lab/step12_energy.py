"""What a network costs on a board: operator -> layer -> model -> system. Counts come from the ONNX file, times and watts from published tables.

    python step12_energy.py MODEL.onnx ...                 # a table per layer kind and board; needs models/energy.json
    python step12_energy.py --fit --peers DATA/peers       # fits the times again, writes models/energy.json and results/energy.json

operator  multiplications, values moved, bytes of weights, and the cache that holds them; Horowitz's picojoules give each its weight among the others
layer     the operators of one kind: their milliseconds, millijoules and, apart, their share of those weights. The weights rank and are not summed to joules:
          the constants lack a factor of 3 to 85, another one for arithmetic than for memory (their split would have a quantisation draw 8 W on a Pi 4)
model     milliseconds of one thread = c . [GMAC float, GMAC int8, GMAC depthwise, Mvalues moved], c >= 0 fitted per board to published times
system    millijoules above idle = watts per busy thread x (ms of arithmetic + MOVING x ms of moving values); the service does the same with measured ms

No board was measured. Fitted are ncnn's times; the service runs ONNX Runtime: see RUNTIME. "Notes" are the project's notes power-hardware.md.
"""
import argparse, collections, json, os
import numpy as np, onnx

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE, RESULT = f'{HERE}/../../models/energy.json', f'{HERE}/results/energy.json'

# picojoules, 45 nm, 0.9 V (Horowitz, ISSCC 2014; notes 5.1): relative weights only
MULTIPLY_ADD = {8: 0.2 + 0.1, 32: 3.7 + 0.9}       # int8 x int8 into int32; fp32
INSTRUCTION = 15.0                                 # fetch, decode, register file: 10 to 20 (esim)
BYTE = {'L1': 20 / 8, 'last': 100 / 8, 'memory': 1300 / 8}    # 32 KB, 1 MB, DRAM per 64 bits (DRAM: 1300 to 2600)

# watts of a thread that moves values, against one that computes: the middle of 0.4, were it all waiting ("2-3x", Kepler's guide, notes 5.4), and 1, as quantised adds compute
MOVING, MOVING_ERROR = 0.7, 0.3
SPREAD = 0.15                                      # relative: how far one stage's watts are off while another's are right: what MOVING_ERROR leaves on a network that moves values half of its time; judgement
RUNTIME = 0.4                                      # relative: ncnn's int8 kernels stand in for ONNX Runtime's, of which no time on these boards was found; judgement
COUNTS = ('gmacFloat', 'gmacInt8', 'gmacDepthwise', 'megavalues')              # depthwise ones are also in the first two
TIMES = ('msPerGmacFloat', 'msPerGmacInt8', 'msPerGmacDepthwiseExtra', 'msPerMegavalue')

# ms: the networks fitted; outside: others of the same README that the fit is tried on; check: six threads, to compare with.
# lanes: int8 multiplications of one vector instruction (16 with the dot product of ARMv8.2). caches: KB of L1 data and of the last level.
# ortFloat: ONNX Runtime computes in fp32 where ncnn uses fp16: 168.1 / 88.0 and 126.9 / 67.2 ms on a Pi 5 (notes 7.2)
PI5 = dict(v3=11.80, v2=16.38, v1=20.30, v1_int8=14.44, ssd=45.90, ssd_int8=36.35, nanodet=19.69, shuffle=7.14, fastest=7.38)
BOARDS = {
    'Raspberry Pi 5': dict(
        watts=0.8, uncertainty=0.5, lanes=16, caches=(64, 2048), ortFloat=1.9, ms=PI5, slower=1.0, slowerError=0.0,
        idle=(2.6, 0.4, 'derived: PMIC 1.55-1.90 W idle (2.4-2.8 W corrected); 4-5 W reported in service with peripherals (geerlingguy/pi-isp#6)'),
        source='derived: PMIC 4.51 W with 4 busy cores (5.75 W corrected) less 2.6 W idle, over 4; other load samples reach 2.5 W per core',
        cacheSource='Cortex-A76: 64 KB L1, 512 KB L2 per core, 2 MB shared L3 (cpuinfo dump of a Pi 5; switch-science.com)'),
    'Raspberry Pi 4': dict(
        watts=0.93, uncertainty=0.3, lanes=8, caches=(32, 1024), ortFloat=1.0, slower=1.0, slowerError=0.0,
        ms=dict(v3=72.81, v2=93.48, v1=124.32, v1_int8=84.82, ssd=251.00, ssd_int8=170.56, nanodet=103.45, shuffle=42.12, fastest=52.61),
        outside=dict(efficientnet_b0=129.73, resnet18=191.10, resnet18_int8=158.50),
        idle=(2.7, 0.15, '540 mA at 5 V (pidramble measurements); 3.0 W with HDMI, keyboard and Ethernet (Raspberry Pi documentation)'),
        source='derived: 6.4 W at 400 % CPU less 2.7 W idle, over 4 (pidramble measurements)',
        cacheSource='Cortex-A72: 32 KB L1 data, 1 MB L2 (Raspberry Pi documentation, a copy)'),
    'Raspberry Pi Zero 2': dict(
        watts=0.29, uncertainty=0.3, lanes=8, caches=(32, 512), ortFloat=1.0, slower=1.0, slowerError=0.0,
        ms=dict(v3=234.20, v2=274.23, v1=393.94, v1_int8=286.75, ssd=803.56, ssd_int8=568.42, nanodet=301.70, shuffle=129.18),
        outside=dict(efficientnet_b0=519.00, resnet18=654.69, resnet18_int8=479.40),
        idle=(0.6, 0.25, '120 mA at 5 V, Bullseye; 75 mA tuned (cnx-software 2021-12-09)'),
        source='derived: 350 mA active less 120 mA idle at 5 V, over 4 (Raspberry Pi documentation; cnx-software 2021-12-09)',
        cacheSource='Cortex-A53: 32 KB L1, 512 KB L2 (from memory, not confirmed)'),
    'Jetson Orin Nano': dict(                      # published for 6 threads only (`check`): a Pi 5 core at 1.5 instead of 2.4 GHz
        watts=1.0, uncertainty=0.7, lanes=16, caches=(64, 4096), ortFloat=1.9, ms=PI5, slower=2.4 / 1.5, slowerError=0.3,
        check=dict(v3=6.14, v2=6.51, v1=7.45, v1_int8=6.37, ssd=17.89, ssd_int8=14.04, nanodet=11.54, shuffle=4.86, fastest=5.32),
        idle=(4.0, 0.3, 'VDD_IN 2.96-4.97 W in sample lines, module only (NVIDIA forum 348662)'),
        source='judgement: VDD_IN 9.76 W at 80 % CPU and 33 % GPU less 2.96-4.97 W, not separable by unit (NVIDIA forum 348662)',
        cacheSource='Cortex-A78AE: 64 KB L1 data, 256 KB L2 per core, 2 MB L3 per cluster, 4 MB system cache (NVIDIA data sheet, a copy)'),
}
DEFAULT = dict(wattsPerBusyThread=5.0, uncertainty=0.7, source='judgement: one busy core of a desktop or server processor, no meter found; never a measurement')
PUBLISHED = 'ncnn benchmark README @a4d2ea1, one thread, averages (notes 7.1); non-negative least squares on relative errors'

# --- operator ------------------------------------------------------------------------------------------------------
# kind: pw (1x1), dw (depthwise), conv (other) | add, mul (two tensors), scale (by channel), shift (by a scalar), act, gap, pool, nearest, bilinear (stride = factor),
# concat, move, quant, image (uint8 HWC to float CHW), decode (cin logits of h cells) | composites for the search: hswish; se (cout = squeezed channels)
Layer = collections.namedtuple('Layer', 'kind cin cout k stride h w bits', defaults=(8,))      # h, w of the input; bits 8 or 32
CONV = ('pw', 'dw', 'conv')


def expand(layers):
    """Composites as step07_quantise.py writes them; rows may be tuples without bits."""
    for l in map(lambda row: Layer(*row), layers):
        c, h, w, bits = l.cin, l.h, l.w, l.bits
        if l.kind == 'hswish': yield from (l._replace(kind='shift', cout=c), l._replace(kind='mul', cout=c))
        elif l.kind == 'se':
            yield Layer('gap', c, c, 1, 1, h, w, bits); yield Layer('pw', c, l.cout, 1, 1, 1, 1, bits); yield Layer('pw', l.cout, c, 1, 1, 1, 1, bits)
            yield Layer('shift', c, c, 1, 1, 1, 1, bits); yield Layer('scale', c, c, 1, 1, h, w, bits)
        else: yield l


def out_pixels(l):
    if l.kind == 'gap': return 1
    if l.kind in ('nearest', 'bilinear'): return l.h * l.w * l.stride ** 2
    return -(-l.h // l.stride) * -(-l.w // l.stride)
def weights(l): return {'pw': l.cin * l.cout, 'dw': l.cout * l.k ** 2, 'conv': l.cin * l.cout * l.k ** 2}.get(l.kind, 0)
def macs(l): return weights(l) * out_pixels(l)
def values(l): return l.cin * l.h * l.w * (2 if l.kind in ('add', 'mul') else 1) + l.cout * out_pixels(l)          # read and written


def weight(l, board, cold):
    """-> picojoules by Horowitz's constants, which cache holds the working set. Weights of a network larger than the last cache come from memory each time."""
    lanes, (l1, last) = (board['lanes'] if l.bits == 8 else 4), board['caches']
    moved, kept = values(l) * l.bits / 8, weights(l) * l.bits / 8
    level = 'L1' if moved + kept <= l1 * 1024 else 'last' if moved + kept <= last * 1024 else 'memory'
    instructions = macs(l) / lanes + moved / 16
    return macs(l) * MULTIPLY_ADD[l.bits] + instructions * INSTRUCTION + moved * BYTE[level] + kept * BYTE['memory' if cold else 'last'], level


# --- layers of an ONNX file ----------------------------------------------------------------------------------------
KINDS = {'MaxPool': 'pool', 'AveragePool': 'pool', 'GlobalAveragePool': 'gap', 'ReduceMean': 'gap', 'Concat': 'concat', 'Sigmoid': 'act', 'Softmax': 'act',
         'HardSigmoid': 'act', 'HardSwish': 'act', 'Clip': 'act', 'Equal': 'add', 'Where': 'add'}
FREE = {'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity', 'Constant', 'Shape', 'Pad', 'Relu', 'LeakyRelu', 'Cast'}     # views, or part of the node before


def layers_of(path):
    """The layers of a float file or of one that step07_quantise.py wrote, Q and DQ folded into their operators, everything after the heads as one `decode`."""
    g = onnx.shape_inference.infer_shapes(onnx.load(path)).graph
    shape = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in [*g.value_info, *g.input, *g.output]}
    const = {i.name: list(i.dims) for i in g.initializer}
    made = {o: n for n in g.node for o in n.output}; users = collections.defaultdict(list)
    for n in g.node:
        for i in n.input: users[i].append(n)
    def kind_of(t): return made[t].op_type if t in made else ''
    def fixed(t): return t in const or kind_of(t) == 'Constant' or kind_of(t) == 'DequantizeLinear' and fixed(made[t].input[0])
    def whole(n):                                  # runs on integers: between DequantizeLinear and QuantizeLinear (Relu in between costs nothing), or on uint8 itself
        data = [i for i in n.input if i and not fixed(i)]
        if n.op_type in ('Conv', 'Add', 'Mul', 'GlobalAveragePool', 'Sigmoid', 'HardSigmoid'): return bool(data) and all(kind_of(i) == 'DequantizeLinear' for i in data)
        return any(i.endswith('.u8') or kind_of(i) == 'DequantizeLinear' for i in data)
    def to_conv(n, seen):                          # does a convolution still follow?
        if id(n) not in seen: seen[id(n)] = n.op_type == 'Conv' or any(to_conv(u, seen) for o in n.output for u in users[o])
        return seen[id(n)]
    detector, seen, found, cells = any(n.op_type == 'TopK' for n in g.node), {}, [], []
    for n in g.node:
        data = [i for i in n.input if i and not fixed(i)]
        if not data or n.op_type in FREE or n.op_type == 'Clip' and kind_of(data[0]) == 'Conv': continue
        i, o, bits = shape.get(data[0], []), shape.get(n.output[0], []), 8 if whole(n) else 32
        if detector and n.op_type not in ('Conv', 'MaxPool', 'Equal', 'Where', 'QuantizeLinear') and not to_conv(n, seen):
            if n.op_type == 'Transpose' and len(i) == 4: cells.append((i[1], i[2] * i[3]))      # a head leaves the picture
            continue
        if len(i) == 4 and i[3] == 3 and kind_of(data[0]) == '': found.append(Layer('image', 3, 3, 1, 1, i[1], i[2], 32)); continue
        if n.op_type in ('QuantizeLinear', 'DequantizeLinear'):
            other = made.get(data[0]) if n.op_type[0] == 'Q' else users[n.output[0]][0]
            while other is not None and other.op_type == 'Relu': other = made.get(other.input[0]) if n.op_type[0] == 'Q' else users[other.output[0]][0]
            if other is not None and not whole(other) and len(o) == 4: found.append(Layer('quant', o[1], o[1], 1, 1, o[2], o[3], 32))
            continue
        a = {x.name: onnx.helper.get_attribute_value(x) for x in n.attribute}
        if n.op_type == 'Conv':
            w = const[n.input[1]] if n.input[1] in const else const[made[n.input[1]].input[0]]
            found.append(Layer('pw' if w[2] == 1 else 'dw' if w[1] == 1 else 'conv', i[1], o[1], w[2], a.get('strides', [1])[0], i[2], i[3], bits)); continue
        if n.op_type == 'Sub' and i[1:2] == [3]: continue                            # the grey, part of `image`
        c, h, w = (o + [1, 1, 1])[1:4] if len(o) < 5 else (o[1] * o[2], o[3], o[4])
        if n.op_type in ('Add', 'Mul', 'Sub', 'Div'):
            sizes = [int(np.prod(shape[x])) for x in data]
            kind = 'shift' if len(data) == 1 else 'scale' if min(sizes) < max(sizes) else 'mul' if n.op_type in ('Mul', 'Div') else 'add'
        elif n.op_type == 'Resize': kind, (c, h, w) = 'bilinear' if a.get('mode') == b'linear' else 'nearest', i[1:]
        elif n.op_type in ('GlobalAveragePool', 'MaxPool', 'AveragePool'): kind, (c, h, w) = KINDS[n.op_type], i[1:]
        else: kind = KINDS.get(n.op_type, 'move')
        stride = max(1, o[2] // h) if kind in ('nearest', 'bilinear') else a.get('strides', [1])[0] if kind == 'pool' else 1
        found.append(Layer(kind, c, c, a.get('kernel_shape', [1])[0], stride, h, w, bits))
    if cells:
        channels = dict.fromkeys(sorted({c for c, _ in cells}))                      # of one level: the class logits and the box sides (or features)
        found.append(Layer('decode', sum(channels), 6, 1, 1, max(sum(n for c, n in cells if c == x) for x in channels), 1, 8))
    return found


# --- model ---------------------------------------------------------------------------------------------------------
def counts(layers):
    """-> [4] in the order of COUNTS: what the coefficients of a board multiply."""
    layers = list(expand(layers)); total = lambda pick: sum(macs(l) for l in layers if pick(l)) / 1e9
    return np.array([total(lambda l: l.bits == 32), total(lambda l: l.bits == 8), total(lambda l: l.kind == 'dw'), sum(map(values, layers)) / 1e6])


def counts_of(path):
    """For zoo.json: what the service needs to know of a model, {gmacFloat, gmacInt8, gmacDepthwise, megavalues}."""
    return {name: round(float(v), 4) for name, v in zip(COUNTS, counts(layers_of(path)))}


def boards(): return {b['match']: b for b in json.load(open(TABLE))['boards']}


def milliseconds(layers, board):
    """One thread, ONNX Runtime. -> arithmetic, moving values"""
    parts = counts(layers) * [board['time'][f] for f in TIMES]
    return parts[:3].sum(), parts[3]


def estimate(layers, board):
    """-> {ms, msUncertainty, mJ, uncertainty}; uncertainties are relative, one standard deviation."""
    arithmetic, moving = milliseconds(layers, board); busy = arithmetic + MOVING * moving; time = np.hypot(board['time']['error'], RUNTIME)
    error = np.sqrt(time ** 2 + board['uncertainty'] ** 2 + (MOVING_ERROR * moving / busy) ** 2)
    found = {'ms': arithmetic + moving, 'msUncertainty': time, 'mJ': board['wattsPerBusyThread'] * busy, 'uncertainty': error}
    return {name: round(float(v), 2) for name, v in found.items()}


def card(path):
    """-> {board: {ms, msUncertainty, mJ, uncertainty}} of one inference on one thread, above idle"""
    layers = layers_of(path)
    return {name: estimate(layers, board) for name, board in boards().items()}


# --- the published networks ----------------------------------------------------------------------------------------
class Net:
    """Layer tables of standard architectures, as in ncnn's benchmark/*.param; Relu is part of the layer before."""
    def __init__(self, size, bits): self.h, self.c, self.bits, self.layers = size, 3, bits, []
    def put(self, kind, cin, cout, k=1, stride=1, h=None): self.layers.append(Layer(kind, cin, cout, k, stride, h or self.h, h or self.h, self.bits)); return self
    def step(self, kind, cout=None, k=1, stride=1):
        self.put(kind, self.c, cout or self.c, k, stride); self.c, self.h = cout or self.c, -(-self.h // stride); return self
    def conv(self, cout, k=1, stride=1): return self.step('pw' if k == 1 else 'conv', cout, k, stride)
    def dw(self, k=3, stride=1): return self.step('dw', None, k, stride)
    def se(self, q): return self.put('gap', self.c, self.c).put('pw', self.c, q, h=1).put('pw', q, self.c, h=1).put('scale', self.c, self.c)
    def classify(self, *sizes):
        self.step('gap'); sizes = (self.c, *sizes)
        for a, b in zip(sizes, sizes[1:]): self.put('pw', a, b, h=1)
        return self.layers


SEPARABLE = (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)


def mobilenet_v1(bits):
    n = Net(224, bits).conv(32, 3, 2)
    for c, stride in SEPARABLE: n.dw(3, stride).conv(c)
    return n.classify(1000)


def mobilenet_ssd(bits):
    n = Net(300, bits).conv(32, 3, 2); heads = []
    for i, (c, stride) in enumerate(SEPARABLE):
        n.dw(3, stride).conv(c)
        if i in (10, 12): heads.append((n.c, n.h, 3 if i == 10 else 6))
    for a, b in ((256, 512), (128, 256), (128, 256), (64, 128)): n.conv(a).conv(b, 3, 2); heads.append((n.c, n.h, 6))
    for c, h, priors in heads: n.put('pw', c, 4 * priors, h=h).put('pw', c, 21 * priors, h=h)
    return n.layers


def mobilenet_v2(bits):
    n = Net(224, bits).conv(32, 3, 2)
    for t, c, repeat, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(repeat):
            if t > 1: n.conv(t * n.c)
            n.dw(3, 1 if i else stride).conv(c)
            if i: n.step('add')
    return n.conv(1280).classify(1000)


def mobilenet_v3(bits):                            # Large; ncnn's file strides one block later than the paper
    n = Net(224, bits).conv(16, 3, 2).step('act')
    for k, wide, c, se, swish, stride in ((3, 16, 16, 0, 0, 1), (3, 64, 24, 0, 0, 2), (3, 72, 24, 0, 0, 1), (5, 72, 40, 1, 0, 2), (5, 120, 40, 1, 0, 1), (5, 120, 40, 1, 0, 1),
            (3, 240, 80, 0, 1, 2), (3, 200, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1), (3, 480, 112, 1, 1, 1), (3, 672, 112, 1, 1, 1), (5, 672, 160, 1, 1, 1),
            (5, 672, 160, 1, 1, 2), (5, 960, 160, 1, 1, 1)):
        cin = n.c
        if wide != cin: n.conv(wide); swish and n.step('act')
        n.dw(k, stride); se and n.se(wide // 4); swish and n.step('act'); n.conv(c)
        if cin == c and stride == 1: n.step('add')
    return n.conv(960).step('act').classify(1280, 1000)


def shufflenet_v2(bits):                           # 1.0x
    n = Net(224, bits).conv(24, 3, 2).step('pool', 24, 3, 2)
    for c, repeat in ((58, 4), (116, 8), (232, 4)):
        for i in range(repeat):
            if i: n.step('move'); n.c = c; n.conv(c).dw().conv(c)
            else: n.put('dw', n.c, n.c, 3, 2).put('pw', n.c, c, h=-(-n.h // 2)).conv(c).dw(3, 2).conv(c)
            n.c = 2 * c; n.step('concat').step('move')
    return n.conv(1024).classify(1000)


def efficientnet_b0(bits):
    n = Net(224, bits).conv(32, 3, 2).step('act')
    for t, c, repeat, stride, k in ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)):
        for i in range(repeat):
            cin = n.c
            if t > 1: n.conv(t * cin).step('act')
            n.dw(k, 1 if i else stride).step('act').se(cin // 4).conv(c)
            if i: n.step('add')
    return n.conv(1280).step('act').classify(1000)


def resnet18(bits):
    n = Net(224, bits).conv(64, 7, 2).step('pool', None, 3, 2)
    for c, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)):
        if stride == 2: n.put('pw', n.c, c, 1, 2)
        n.conv(c, 3, stride).conv(c, 3).step('add')
    return n.classify(1000)


def networks(peers):
    """-> those fitted, and those that the fit is tried on"""
    fitted = {'v3': mobilenet_v3(32), 'v2': mobilenet_v2(32), 'v1': mobilenet_v1(32), 'v1_int8': mobilenet_v1(8), 'ssd': mobilenet_ssd(32), 'ssd_int8': mobilenet_ssd(8),
              'shuffle': shufflenet_v2(32), 'nanodet': layers_of(f'{peers}/nanodet_m_320.onnx'), 'fastest': layers_of(f'{peers}/FastestDet.onnx')}
    return fitted, {'efficientnet_b0': efficientnet_b0(32), 'resnet18': resnet18(32), 'resnet18_int8': resnet18(8)}


# --- fit -----------------------------------------------------------------------------------------------------------
def nnls(x, y):
    from scipy.optimize import nnls as solve       # here, so that card() needs no scipy
    return solve(x / y[:, None], np.ones(len(y)))[0]


def fit(peers):
    built, outside = networks(peers); table, report = [], {}
    rounded = lambda d, digits=3: {n: round(float(v), digits) for n, v in d.items()}
    for name, b in BOARDS.items():
        x, y = np.array([counts(built[n]) for n in b['ms']]), np.array(list(b['ms'].values())); c = nnls(x, y)
        left = np.array([x[i] @ nnls(np.delete(x, i, 0), np.delete(y, i)) / y[i] - 1 for i in range(len(y))])
        origin = PUBLISHED if b['slower'] == 1 else f"the Raspberry Pi 5's times {b['slower']:.1f} (its 2.4 GHz against 1.5 GHz): published for six threads only"
        if b['ortFloat'] != 1: origin += f"; float times {b['ortFloat']} for ONNX Runtime's fp32"
        time = rounded(dict(zip(TIMES, c * b['slower'] * [b['ortFloat'], 1, 1, 1])))
        table.append({'match': name, 'wattsPerBusyThread': b['watts'], 'uncertainty': b['uncertainty'], 'source': b['source'],
                      'idle': dict(zip(('watts', 'uncertainty', 'source'), b['idle'])), 'time': {**time, 'error': round(float(np.hypot(np.sqrt((left ** 2).mean()), b['slowerError'])), 3), 'source': origin}})
        r = report[name] = {'networks': len(y), 'mape': round(float(np.abs(x @ c / y - 1).mean()), 3), 'leaveOneOutMape': round(float(np.abs(left).mean()), 3),
                            'leaveOneOut': rounded(dict(zip(b['ms'], left))), 'fitted': rounded(dict(zip(TIMES, c))), 'caches': b['cacheSource']}
        print(f"{name:20s} fit {r['mape']:.1%}, leave-one-network-out {r['leaveOneOutMape']:.1%}  " + ' '.join(f'{n} {v:+.0%}' for n, v in r['leaveOneOut'].items()))
        if 'outside' in b: r['outside'] = rounded({n: counts(outside[n]) @ c / ms - 1 for n, ms in b['outside'].items()})
        if 'check' in b: r['speedUpOfSixThreads'] = rounded({n: counts(built[n]) @ c * b['slower'] / ms for n, ms in b['check'].items()}, 2)
        for key in ('outside', 'speedUpOfSixThreads'):
            if key in r: print(f'{name:20s} {key}:', r[key])
    json.dump({'version': 3, 'movingShare': MOVING, 'stageSpread': SPREAD, 'boards': table, 'default': DEFAULT}, open(TABLE, 'w'), indent=2); open(TABLE, 'a').write('\n')
    folder = f'{HERE}/../../models'; cards = {f: card(f'{folder}/{f}') for f in sorted(os.listdir(folder)) if f.endswith('.int8.onnx')}
    settings = {'moving': [MOVING, MOVING_ERROR], 'runtime': RUNTIME, 'multiplyAddPj': MULTIPLY_ADD, 'instructionPj': INSTRUCTION, 'bytePj': BYTE,
                'published': PUBLISHED, 'counts': COUNTS}
    result = {'settings': settings, 'networks': {n: [round(v, 4) for v in counts(l).tolist()] for n, l in {**built, **outside}.items()}, 'boards': report, 'cards': cards}
    json.dump(result, open(RESULT, 'w'), indent=1); open(RESULT, 'a').write('\n')


def show(path):
    layers = list(expand(layers_of(path))); fitted = boards(); cost = card(path); kinds = {}
    for i, l in enumerate(layers): kinds.setdefault(l.kind + ('' if l.bits == 8 else ' float'), []).append(i)
    held = lambda pick: sum(weights(l) * l.bits / 8 for l in pick)
    ranked = {b: [weight(l, BOARDS[b], held(layers) > BOARDS[b]['caches'][1] * 1024) for l in layers] for b in fitted}      # [(picojoules, cache)]
    total = {b: sum(pj for pj, _ in ranked[b]) for b in fitted}
    print(f'\n{path}: {sum(map(macs, layers)) / 1e6:.0f} MMAC, {held(layers) / 1e6:.2f} MB of weights, {sum(map(values, layers)) / 1e6:.1f} Mvalues moved')
    print(f"{'':14s} {'n':>4s} {'MMAC':>7s} {'Mvalues':>7s} " + ' '.join(f'{b:>21s}' for b in fitted) + '   ms, mJ, share of the weights')
    for kind, which in sorted(kinds.items(), key=lambda item: -sum(macs(layers[i]) + values(layers[i]) for i in item[1])):
        part = [layers[i] for i in which]; each = {b: estimate(part, fitted[b]) for b in fitted}
        print(f'{kind:14s} {len(part):4d} {sum(map(macs, part)) / 1e6:7.1f} {sum(map(values, part)) / 1e6:7.2f} '
              + ' '.join(f"{c['ms']:7.2f} {c['mJ']:7.2f} {sum(ranked[b][i][0] for i in which) / total[b]:5.0%}" for b, c in each.items()))
    print(f"{'all':35s} " + ' '.join(f"{c['ms']:7.2f} {c['mJ']:7.2f}      " for c in cost.values()))
    print(f"{'plus or minus':35s} " + ' '.join(f"{c['msUncertainty']:7.0%} {c['uncertainty']:7.0%}      " for c in cost.values()))
    for level in BYTE:
        share = [sum(values(l) for l, (_, where) in zip(layers, ranked[b]) if where == level) / sum(map(values, layers)) for b in fitted]
        print(f"{'values in ' + level:35s} " + ' '.join(f'{s:21.0%}' for s in share))
    print(f"{'mJ over the sum of the weights':35s} " + ' '.join(f"{c['mJ'] / total[b] * 1e9:21.0f}" for b, c in cost.items()))


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('models', nargs='*'); a.add_argument('--fit', action='store_true'); a.add_argument('--peers', help='folder of nanodet_m_320.onnx and FastestDet.onnx')
    a = a.parse_args()
    if a.fit: fit(a.peers)
    for path in a.models: show(path)
