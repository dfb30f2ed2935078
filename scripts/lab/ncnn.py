"""An ncnn model (param + bin) as a plain PyTorch module: enough layers for NanoDet-Plus-m. NCHW; input BGR normalised by the caller."""
import re, sys, numpy as np, torch, torch.nn as nn, torch.nn.functional as F

def parse(param):
    for line in open(param).read().splitlines()[2:]:
        t = line.split()
        if not t: continue
        ni, no = int(t[2]), int(t[3]); ins, outs = t[4:4 + ni], t[4 + ni:4 + ni + no]; p = {}
        for kv in t[4 + ni + no:]:
            k, v = kv.split('=')
            k = int(k); p[k] = [float(x) for x in v.split(',')[1:]] if k <= -23300 else float(v)
        yield t[0], t[1], ins, outs, p

class Bin:
    def __init__(self, path): self.b, self.o = open(path, 'rb').read(), 0
    def take(self, n, dt): a = np.frombuffer(self.b, dt, n, self.o); self.o += a.nbytes; return a
    def weights(self, n):
        flag = int(self.take(1, '<u4')[0])
        if flag == 0x01306B47: a = self.take(n, '<f2').astype(np.float32); self.o += (-self.o) % 4; return a
        assert flag == 0, hex(flag); return self.take(n, '<f4')

def build(param, bin_path, outputs):
    """outputs: blob names, returned in order."""
    w, m, src, v = Bin(bin_path), nn.Module(), ['def forward(self, data):'], {'data': 'data'}
    k = 0
    def emit(expr, out):
        nonlocal k; k += 1; src.append(f'  v{k} = {expr}'); v[out] = f'v{k}'
    def reg(a): n = f'w{sum(1 for _ in m.buffers())}'; m.register_buffer(n, torch.from_numpy(a.copy())); return 'self.' + n
    for op, name, ins, outs, p in parse(param):
        x = [v.get(i) for i in ins]
        if op == 'Input' or (op == 'Concat' and None in x): continue
        if op in ('Convolution', 'ConvolutionDepthWise'):
            o, ks, st, pad, g = int(p[0]), int(p[1]), int(p.get(3, 1)), int(p.get(4, 0)), int(p.get(7, 1))
            n = int(p[6]); ci = n // (o * ks * ks)
            wt = reg(w.weights(n).reshape(o, ci, ks, ks)); b = reg(w.take(o, '<f4')) if p.get(5) else 'None'
            e = f'F.conv2d({x[0]}, {wt}, {b}, {st}, {pad}, 1, {g})'; a = int(p.get(9, 0))
            emit({0: e, 1: f'F.relu({e})', 2: f'F.leaky_relu({e}, {p[-23310][0] if a == 2 else 0})'}[a], outs[0])
        elif op == 'Split':
            for o in outs: v[o] = x[0]
        elif op == 'Pooling': emit(f'F.max_pool2d({x[0]}, {int(p[1])}, {int(p[2])}, {int(p[3])})', outs[0])
        elif op == 'Concat': emit(f'torch.cat([{", ".join(x)}], 1)', outs[0])
        elif op == 'ShuffleChannel': emit(f'F.channel_shuffle({x[0]}, {int(p[0])})', outs[0])
        elif op == 'Crop': a, b = int(p[-23309][0]), int(p[-23310][0]); emit(f'{x[0]}[:, {a}:{b if b < 10**6 else ""}]', outs[0])
        elif op == 'Interp': emit(f"F.interpolate({x[0]}, scale_factor={p[1]}, mode='{'nearest' if p[0] == 1 else 'bilinear'}'{'' if p[0] == 1 else ', align_corners=False'})", outs[0])
        elif op == 'BinaryOp': assert p.get(0, 0) == 0; emit(f'{x[0]} + {x[1]}', outs[0])
        elif op in ('Slice', 'Sigmoid', 'Reshape', 'Permute'): pass            # the heads are taken before these
        else: raise NotImplementedError(op)
    assert w.o == len(w.b), (w.o, len(w.b))
    src.append('  return ' + ', '.join(v[o] for o in outputs))
    ns = {'F': F, 'torch': torch}; exec('\n'.join(src), ns)
    m.__class__ = type('Teacher', (nn.Module,), {'forward': ns['forward'], 'source': '\n'.join(src)}); return m

