"""The float ONNX files made plain: what is constant is folded, what the runtime has one operator for becomes one operator, the decoding is rebuilt.

Used by step06_export.py. The plain graph computes what PyTorch did, but for rounding and the padding of the first convolution, from uint8 [1,H,W,3]:
  image   Transpose, DequantizeLinear (subtracts a grey), so that the first convolution can be int8 as well
  body    Conv, Relu, Add, Mul, Concat, GlobalAveragePool, HardSigmoid, Sigmoid, Resize and nothing else
  decode  cell-major: the best class of each cell, TopK, and everything dear only for the 100 cells that it leaves
"""
import tempfile
import numpy as np, onnx, onnxruntime as ort
from onnx import helper, numpy_helper, TensorProto

ROWS = 100                                         # cells kept, the contract of `rows`
CLASSES = 80                                       # COCO
BINS = 8                                           # each box side is a distribution over 0..7 strides


class Graph:
    """Nodes in order, constants as arrays, shapes of everything."""
    def __init__(self, model):
        g = onnx.shape_inference.infer_shapes(model).graph
        self.nodes = list(g.node)
        self.const = {i.name: numpy_helper.to_array(i) for i in g.initializer}
        self.shape = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in [*g.value_info, *g.input, *g.output]}

    def producer(self, name): return next((n for n in self.nodes if name in n.output), None)
    def consumers(self, name): return [n for n in self.nodes if name in n.input]
    def scalar(self, name): return float(self.const[name].reshape(-1)[0]) if name in self.const and self.const[name].size == 1 else None

    def replace(self, old, new):
        for n in self.nodes:
            for k, i in enumerate(n.input):
                if i == old: n.input[k] = new

    def sweep(self, outputs):
        """Drops what the outputs do not need and sorts the rest by what it needs."""
        made = {o: n for n in self.nodes for o in n.output}
        order, seen = [], set()
        def visit(name):
            n = made.get(name)
            if n is None or id(n) in seen: return
            seen.add(id(n))
            for i in n.input: visit(i)
            order.append(n)
        for o in outputs: visit(o)
        self.nodes = order
        used = {i for n in order for i in n.input}
        self.const = {k: v for k, v in self.const.items() if k in used}

    def model(self, height, width):
        self.sweep(['rows'])
        out = [helper.make_tensor_value_info('rows', TensorProto.FLOAT, [1, ROWS, 6])]
        g = helper.make_graph(self.nodes, 'squint', [helper.make_tensor_value_info('image', TensorProto.UINT8, [1, height, width, 3])], out,
                              [numpy_helper.from_array(np.array(v, order="C"), k) for k, v in self.const.items()])
        m = helper.make_model(g, opset_imports=[helper.make_opsetid('', 13)], ir_version=7, producer_name='squint')
        onnx.checker.check_model(m)
        return m


def attributes(node): return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def fold(path):
    """onnxruntime's own constant folding and shape arithmetic; its 'basic' level keeps to standard operators."""
    options = ort.SessionOptions(); options.log_severity_level = 3
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with tempfile.TemporaryDirectory() as scratch:
        options.optimized_model_filepath = f'{scratch}/folded.onnx'
        ort.InferenceSession(path, options, providers=['CPUExecutionProvider'])
        return onnx.load(f'{scratch}/folded.onnx')


def plain_image(g):
    """Transpose, Cast [, Sub mean, Div std] -> Transpose, DequantizeLinear (subtracts the grey); scale and channel means go into the first convolution."""
    x = g.consumers('image')[0].output[0]
    cast = g.consumers(x)[0]; tip = cast.output[0]; scale, zero, mean = 1.0, 0, np.zeros(3)
    sub = g.consumers(tip)[0]
    if sub.op_type == 'Sub':
        div = g.consumers(sub.output[0])[0]
        mean = g.const[sub.input[1]].reshape(-1).astype(float); scale = 1 / g.const[div.input[1]].reshape(-1)[0]; zero = int(mean.mean().round())     # the grey that pads the first convolution
        tip = div.output[0]
    g.const.update(image_scale=np.float32(1), image_zero=np.uint8(zero))
    g.nodes.append(helper.make_node('DequantizeLinear', [x, 'image_scale', 'image_zero'], ['image_float']))
    g.replace(tip, 'image_float')
    pads = [n for n in g.consumers('image_float') if n.op_type == 'Pad']
    conv = next(n for n in g.consumers(pads[0].output[0] if pads else 'image_float') if n.op_type == 'Conv')
    w = g.const[conv.input[1]] * np.float32(scale)                                 # [16,3,3,3]
    g.const[conv.input[1]] = w
    g.const[conv.input[2]] = (g.const[conv.input[2]] + (w * (zero - mean)[None, :, None, None]).sum((1, 2, 3))).astype(np.float32)


def pads_into_convs(g):
    for p in [n for n in g.nodes if n.op_type == 'Pad']:
        amount = g.const[p.input[1]]                                               # 8 numbers: N,C,H,W before, then after
        for conv in g.consumers(p.output[0]):
            old = next(a for a in conv.attribute if a.name == 'pads'); assert conv.op_type == 'Conv' and not any(old.ints)
            conv.attribute.remove(old); conv.attribute.append(helper.make_attribute('pads', [int(amount[k]) for k in (2, 3, 6, 7)]))
            conv.input[0] = p.input[0]


def means_into_pools(g):
    for n in [n for n in g.nodes if n.op_type == 'ReduceMean']:
        assert list(attributes(n)['axes']) == [2, 3] and attributes(n)['keepdims'] == 1
        g.nodes.append(helper.make_node('GlobalAveragePool', [n.input[0]], [n.output[0]])); g.nodes.remove(n)


def plain_nearest(g):
    for n in [n for n in g.nodes if n.op_type == 'Resize' and attributes(n)['mode'] == b'nearest']:
        g.const['doubled'] = np.float32([1, 1, 2, 2])
        g.nodes.append(helper.make_node('Resize', [n.input[0], '', 'doubled'], list(n.output), mode='nearest', coordinate_transformation_mode='asymmetric', nearest_mode='floor'))
        g.nodes.remove(n)


def cells(g, name, prefix):
    """[1,C,H,W] -> [1,H*W,C]"""
    c, h, w = g.shape[name][1:]
    g.const[prefix + '_shape'] = np.int64([1, h * w, c])
    g.nodes.append(helper.make_node('Transpose', [name], [prefix + '_nhwc'], perm=[0, 2, 3, 1]))
    g.nodes.append(helper.make_node('Reshape', [prefix + '_nhwc', prefix + '_shape'], [prefix + '_cells']))
    return prefix + '_cells'


def best_cells(g, logits):
    """logits [1,N,80] -> `cell` [100], `score` [1,100,1], `class` [1,100,1]"""
    g.const.update(k=np.int64([ROWS]), first=np.int64([0]), last=np.int64([2]))
    add = lambda *a, **k: g.nodes.append(helper.make_node(*a, **k))
    add('ReduceMax', [logits], ['cell_best'], axes=[2], keepdims=0)                # [1,N]
    add('TopK', ['cell_best', 'k'], ['top', 'top_cell'], axis=1)                   # [1,100]
    add('Squeeze', ['top_cell', 'first'], ['cell'])                                # [100]
    add('Sigmoid', ['top'], ['top_score']); add('Unsqueeze', ['top_score', 'last'], ['score'])
    add('Gather', [logits, 'cell'], ['cell_logits'], axis=1)                       # [1,100,80]
    add('ArgMax', ['cell_logits'], ['cell_class'], axis=2, keepdims=1); add('Cast', ['cell_class'], ['class'], to=TensorProto.FLOAT)


def rows(g, sides, centres, reach):
    """sides [1,100,4] * reach [N,4] + centres [N,4] -> rows [1,100,6]; reach carries the signs (left and top are subtracted)."""
    g.const.update(centres=np.float32(centres)[None], reach=np.float32(reach)[None])
    for kind, ins, out in (('Gather', ['centres', 'cell'], 'cell_centre'), ('Gather', ['reach', 'cell'], 'cell_reach'), ('Mul', [sides, 'cell_reach'], 'offsets'), ('Add', ['cell_centre', 'offsets'], 'box')):
        g.nodes.append(helper.make_node(kind, ins, [out], **({'axis': 1} if kind == 'Gather' else {})))
    g.nodes.append(helper.make_node('Concat', ['box', 'score', 'class'], ['rows'], axis=2))


def grid(h, w, stride):
    """Centres (x,y,x,y) [H*W,4] and signed strides [H*W,4]"""
    y, x = (np.mgrid[:h, :w].reshape(2, -1) + 0.5) * stride
    return np.stack([x, y, x, y], 1), np.tile(np.float32([-1, -1, 1, 1]) * stride, (h * w, 1))


def decode_distributions(g, heads):
    """heads: convolutions to 80 class logits and 4 x 8 box-side logits, one per level, finest first."""
    logits, sides, tables = [], [], []
    for n, conv in enumerate(heads):
        w, b = g.const[conv.input[1]], g.const[conv.input[2]]; c, h, wd = g.shape[conv.output[0]][1:]; assert c == CLASSES + 4 * BINS
        for name, part, into in ((f'class{n}', slice(0, CLASSES), logits), (f'side{n}', slice(CLASSES, None), sides)):      # two ranges, so two convolutions
            g.const[name + '_w'], g.const[name + '_b'] = w[part], b[part]
            g.nodes.append(helper.make_node('Conv', [conv.input[0], name + '_w', name + '_b'], [name], kernel_shape=[1, 1], pads=[0] * 4, strides=[1, 1]))
            g.shape[name] = [1, len(b[part]), h, wd]; into.append(cells(g, name, name))
        tables.append(grid(h, wd, 8 * 2 ** n))
    add = lambda *a, **k: g.nodes.append(helper.make_node(*a, **k))
    add('Concat', logits, ['logits'], axis=1); add('Concat', sides, ['all_sides'], axis=1)                                    # [1,N,80], [1,N,32]
    best_cells(g, 'logits')
    g.const.update(bins_shape=np.int64([1, ROWS, 4, BINS]), bins=np.arange(BINS, dtype=np.float32)[:, None], sides_shape=np.int64([1, ROWS, 4]))
    add('Gather', ['all_sides', 'cell'], ['cell_sides'], axis=1); add('Reshape', ['cell_sides', 'bins_shape'], ['side_bins'])
    add('Softmax', ['side_bins'], ['side_p'], axis=3); add('MatMul', ['side_p', 'bins'], ['side_mean'])                        # expected distance in strides
    add('Reshape', ['side_mean', 'sides_shape'], ['sides'])
    rows(g, 'sides', *(np.concatenate(t) for t in zip(*tables)))


def plain(path):
    """-> Graph, (height, width)"""
    g = Graph(fold(path)); _, height, width, _ = g.shape['image']
    plain_image(g); pads_into_convs(g); means_into_pools(g); plain_nearest(g)
    heads = [n for n in g.nodes if n.output[0].startswith('head')]
    decode_distributions(g, sorted(heads, key=lambda n: -g.shape[n.output[0]][2]))
    g.sweep(['rows'])
    known = {'Transpose', 'DequantizeLinear', 'Conv', 'Relu', 'Add', 'Mul', 'Concat', 'GlobalAveragePool', 'HardSigmoid', 'Sigmoid', 'Resize', 'Reshape', 'ReduceMax', 'TopK', 'Squeeze',
             'Unsqueeze', 'Gather', 'ArgMax', 'Cast', 'Softmax', 'MatMul', 'MaxPool', 'Slice', 'Split'}
    assert {n.op_type for n in g.nodes} <= known, {n.op_type for n in g.nodes} - known
    return Graph(g.model(height, width)), (height, width)     # with every shape inferred


def session(model, threads=1):
    options = ort.SessionOptions(); options.intra_op_num_threads = threads; options.log_severity_level = 3
    return ort.InferenceSession(model if isinstance(model, str) else model.SerializeToString(), options, providers=['CPUExecutionProvider'])
