"""The teachers as PyTorch modules, for any batch and picture size: PicoDet-S, YOLOX-Nano (from ONNX) and NanoDet-Plus-m (from ncnn).

    python teachers.py DATA            # checks the ONNX ones against ONNX Runtime: prints the largest difference of their heads

Input of each: RGB float [B,3,H,W], 0..255, H and W multiples of 32. PicoDet and NanoDet-Plus give maps of 80 class logits and 4 x 8
box-side distributions per level, as our students do; YOLOX-Nano gives scores and boxes.
Licences: PicoDet (PaddleDetection), YOLOX, NanoDet: Apache-2.0. Their weights stay outside the repository.
"""
import sys
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

BINS, CLASSES = 8, 80


def attributes(node):
    import onnx
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def from_onnx(path, outputs):
    """An ONNX graph as a module: enough operators for the peers' exports. Hard-swish and SiLU written out become one call, a channel
    shuffle written as Reshape-Transpose-Reshape becomes one, so that no size of the export is left in it."""
    import onnx
    from onnx import numpy_helper
    g = onnx.load(path).graph
    const = {i.name: numpy_helper.to_array(i) for i in g.initializer}
    for n in g.node:
        if n.op_type == 'Constant': const[n.output[0]] = numpy_helper.to_array(n.attribute[0].t)
    made = {o: n for n in g.node for o in n.output}
    users = {}
    for n in g.node:
        for i in n.input: users.setdefault(i, []).append(n)
    need, order = set(), []
    def visit(name):
        n = made.get(name)
        if n is None or id(n) in need or n.op_type == 'Constant': return
        need.add(id(n))
        for i in n.input: visit(i)
        order.append(n)
    for o in outputs: visit(o)
    m, src, var = nn.Module(), ['def forward(self, x):'], {g.input[0].name: 'x'}
    for i in g.input:
        if i.name not in const: var[i.name] = 'x'
    def reg(name):
        key = 'w%d' % sum(1 for _ in m.buffers())
        if name not in var: m.register_buffer(key, torch.from_numpy(const[name].copy())); var[name] = 'self.' + key
        return var[name]
    def emit(expr, outs): names = [f'v{len(src)}_{k}' for k in range(len(outs))]; src.append(f"  {', '.join(names)} = {expr}"); var.update(zip(outs, names))
    skip = set()
    for n in order:
        if id(n) in skip: continue
        a = attributes(n); x = [var.get(i) for i in n.input]; out = list(n.output)
        number = lambda k: float(const[n.input[k]].reshape(-1)[0])
        if n.op_type == 'Conv':
            w = const[n.input[1]]; b = reg(n.input[2]) if len(n.input) > 2 else 'None'
            emit(f"F.conv2d({x[0]}, {reg(n.input[1])}, {b}, {a.get('strides', [1])[0]}, {a.get('pads', [0])[0]}, 1, {a.get('group', 1)})", out)
        elif n.op_type == 'Add' and n.input[1] in const and len(users[out[0]]) == 1 and users[out[0]][0].op_type == 'Clip':
            chain = [n]                                                        # x + 3, clip to 0..6, times x, over 6
            for kind in ('Clip', 'Mul', 'Div'): chain.append(users[chain[-1].output[0]][0]); assert chain[-1].op_type == kind, chain[-1].op_type
            emit(f'F.hardswish({x[0]})', list(chain[-1].output)); skip |= {id(c) for c in chain}
        elif n.op_type == 'Sigmoid' and len(users[out[0]]) == 1 and users[out[0]][0].op_type == 'Mul' and n.input[0] in users[out[0]][0].input:
            mul = users[out[0]][0]; emit(f'F.silu({x[0]})', list(mul.output)); skip.add(id(mul))
        elif n.op_type == 'Reshape' and len(const[n.input[1]]) == 5:
            t, r = users[out[0]][0], users[users[out[0]][0].output[0]][0]; assert (t.op_type, r.op_type) == ('Transpose', 'Reshape')
            emit(f'F.channel_shuffle({x[0]}, {const[n.input[1]][1]})', list(r.output)); skip |= {id(t), id(r)}
        elif n.op_type in ('Add', 'Mul'): emit(f"{x[0] or reg(n.input[0])} {'+' if n.op_type == 'Add' else '*'} {x[1] or reg(n.input[1])}", out)
        elif n.op_type == 'Relu': emit(f'F.relu({x[0]})', out)
        elif n.op_type == 'Sigmoid': emit(f'torch.sigmoid({x[0]})', out)
        elif n.op_type == 'HardSigmoid': emit(f'F.hardsigmoid({x[0]})', out)
        elif n.op_type == 'GlobalAveragePool': emit(f'{x[0]}.mean((2, 3), keepdim=True)', out)
        elif n.op_type == 'MaxPool': emit(f"F.max_pool2d({x[0]}, {a['kernel_shape'][0]}, {a['strides'][0]}, {a['pads'][0]})", out)
        elif n.op_type == 'Concat': emit(f"torch.cat([{', '.join(x)}], {a['axis']})", out)
        elif n.op_type == 'Split': emit(f"torch.split({x[0]}, {list(a['split'])}, {a['axis']})", out)
        elif n.op_type == 'Resize': emit(f"F.interpolate({x[0]}, scale_factor=2, mode='{'nearest' if a['mode'] == b'nearest' else 'bilinear'}')", out)
        elif n.op_type == 'Slice':
            s, axis, step = int(number(1)), int(number(3)), int(number(4))
            assert axis in (2, 3) and step == 2; emit(f"{x[0]}[{', '.join([':'] * axis + [f'{s}::2'])}]", out)
        else: raise NotImplementedError(f'{path}: {n.op_type}')
    src.append(f"  return {', '.join(var[o] for o in outputs)}")
    ns = {'F': F, 'torch': torch}; exec('\n'.join(src), ns)
    m.__class__ = type('FromOnnx', (nn.Module,), {'forward': ns['forward'], 'source': '\n'.join(src)})
    return m


class PicoDet(nn.Module):
    """Maps [B,112,h,w] at strides 8, 16, 32, 64; cells have their centre at (x + 0.5) * stride."""
    HEADS = ['conv2d_223.tmp_0', 'conv2d_228.tmp_0', 'conv2d_233.tmp_0', 'conv2d_238.tmp_0']
    def __init__(self, data, heads=None):
        super().__init__()
        path = f'{data}/peers/picodet_s_416_coco.onnx'
        self.net = from_onnx(path, heads or head_convolutions(path))
        self.register_buffer('mean', torch.tensor([123.675, 116.28, 103.53]).view(1, 3, 1, 1)); self.register_buffer('std', torch.tensor([58.395, 57.12, 57.375]).view(1, 3, 1, 1))
    def forward(self, rgb): return self.net((rgb - self.mean) / self.std)


def head_convolutions(path):
    """PicoDet: the four convolutions to 112 channels, finest first."""
    import onnx
    g = onnx.load(path).graph
    dims = {i.name: list(i.dims) for i in g.initializer}
    return [n.output[0] for n in g.node if n.op_type == 'Conv' and dims[n.input[1]][0] == CLASSES + 4 * BINS]


class Yolox(nn.Module):
    """Scores [B,N,80] (objectness times class) and boxes [B,N,4] in input pixels; strides 8, 16, 32."""
    def __init__(self, data):
        super().__init__()
        import onnx
        path = f'{data}/peers/yolox_nano.onnx'; g = onnx.load(path).graph
        self.net = from_onnx(path, [n.output[0] for n in g.node if n.op_type == 'Concat' and len(n.input) == 3 and attributes(n)['axis'] == 1 and n.output[0] in {i for r in g.node if r.op_type == 'Reshape' for i in r.input}])
    def forward(self, rgb):
        scores, boxes = [], []
        for level, m in enumerate(self.net(rgb.flip(1))):                      # trained on BGR, 0..255
            stride = 8 * 2 ** level; _, _, h, w = m.shape; m = m.flatten(2).float()
            x = torch.arange(w, device=m.device).repeat(h); y = torch.arange(h, device=m.device).repeat_interleave(w)
            centre = (m[:, :2] + torch.stack([x, y])) * stride; half = m[:, 2:4].clamp(max=8).exp() * stride / 2
            boxes.append(torch.cat([centre - half, centre + half], 1)); scores.append(m[:, 4:5] * m[:, 5:])
        return torch.cat(scores, 2).transpose(1, 2), torch.cat(boxes, 2).transpose(1, 2)


class NanoDetPlus(nn.Module):
    """Maps as PicoDet's; cells lie at x * stride."""
    def __init__(self, data):
        super().__init__()
        from ncnn import build
        self.net = build(f'{data}/teacher/nanodet-plus-m_416.param', f'{data}/teacher/nanodet-plus-m_416.bin', ['1441', '1466', '1491', '1516'])
        self.register_buffer('mean', torch.tensor([103.53, 116.28, 123.675]).view(1, 3, 1, 1)); self.register_buffer('std', torch.tensor([57.375, 57.12, 58.395]).view(1, 3, 1, 1))
    def forward(self, rgb): return self.net((rgb.flip(1) - self.mean) / self.std)


def cells(maps, offset=0.5, first=8):
    """Distribution maps -> class probabilities [B,N,80], boxes [B,N,4] in input pixels."""
    scores, boxes = [], []
    for level, m in enumerate(maps):
        stride = first * 2 ** level; b, _, h, w = m.shape; m = m.float()
        side = (m[:, CLASSES:].reshape(b, 4, BINS, h * w).softmax(2) * torch.arange(BINS, device=m.device).view(1, 1, -1, 1)).sum(2) * stride
        x = ((torch.arange(w, device=m.device) + offset) * stride).repeat(h); y = ((torch.arange(h, device=m.device) + offset) * stride).repeat_interleave(w)
        scores.append(m[:, :CLASSES].flatten(2).sigmoid()); boxes.append(torch.stack([x - side[:, 0], y - side[:, 1], x + side[:, 2], y + side[:, 3]], 1))
    return torch.cat(scores, 2).transpose(1, 2), torch.cat(boxes, 2).transpose(1, 2)


def iou(a, b):
    """a [B,N,4], b [B,M,4] -> [B,N,M]"""
    lo = torch.maximum(a[:, :, None, :2], b[:, None, :, :2]); hi = torch.minimum(a[:, :, None, 2:], b[:, None, :, 2:])
    inter = (hi - lo).clamp(min=0).prod(3); area = lambda x: (x[..., 2] - x[..., 0]).clamp(min=0) * (x[..., 3] - x[..., 1]).clamp(min=0)
    return inter / (area(a)[:, :, None] + area(b)[:, None] - inter + 1e-6)


def best(scores, boxes, k):
    """The k highest (cell, class) entries: score, class, box, flat index."""
    top, i = scores.flatten(1).topk(k, sorted=False); cell = i // CLASSES
    return top, i % CLASSES, boxes.gather(1, cell[..., None].expand(-1, -1, 4)), i


def fuse(scores, boxes, voters, weights=(0.5, 0.25, 0.25), k=256, m=128, same=0.55):
    """Class probabilities [B,N,80] of the grid teacher, corrected by what other detectors say of the same object: every entry is scaled by
    (weighted mean over the detectors of the object's best score) / (the grid teacher's own best score of it). An object is a class and boxes
    that overlap by `same`; weighted boxes fusion (Solovyev et al. 2021) without leaving the grid. voters: [(scores [B,M,80], boxes [B,M,4])]."""
    top, cls, box, flat = best(scores, boxes, k)
    match = lambda c, b, s: (((iou(box, b) > same) & (cls[:, :, None] == c[:, None])) * s[:, None]).amax(2)
    own = torch.maximum(match(cls, box, top), top); mean = weights[0] * own
    for (s, b), w in zip(voters, weights[1:]):
        vs, vc, vb, _ = best(s, b, m); mean = mean + w * match(vc, vb, vs)
    return scores.flatten(1).scatter(1, flat, (top * mean / own.clamp(min=1e-4)).clamp(max=0.99)).view_as(scores)


if __name__ == '__main__':
    import onnxruntime as ort; ort.set_default_logger_severity(3)
    data = sys.argv[1]; torch.set_grad_enabled(False)
    x = torch.rand(1, 3, 416, 416) * 255
    p = PicoDet(data); o = ort.InferenceSession(f'{data}/peers/picodet_s_416_coco.onnx', providers=['CPUExecutionProvider']).run(None, {'image': ((x - p.mean) / p.std).numpy()})
    maps = p(x)
    print('PicoDet scores', max(np.abs(m[:, :CLASSES].sigmoid().flatten(2).transpose(1, 2).numpy() - s).max() for m, s in zip(maps, o[:4])), 'sides', max(np.abs(m[:, CLASSES:].flatten(2).transpose(1, 2).numpy() - s).max() for m, s in zip(maps, o[4:])))
    y = Yolox(data); o = ort.InferenceSession(f'{data}/peers/yolox_nano.onnx', providers=['CPUExecutionProvider']).run(None, {'images': x.flip(1).numpy()})[0]
    s, _ = y(x); print('YOLOX scores', np.abs(s.numpy() - o[..., 4:5] * o[..., 5:]).max())
    print('at 320x448:', [tuple(m.shape) for m in p(torch.rand(2, 3, 320, 448) * 255)], tuple(NanoDetPlus(data)(torch.rand(2, 3, 320, 448) * 255)[0].shape))
