"""Quantise-aware training on the very graph that is shipped: the plan of step07_quantise.py, simulated in PyTorch, trained to answer as the float network does.

    python step08_qat.py FLOAT.onnx INT8.onnx --data DATA --steps 300 --batch 8 [--stem 1] [--resume]

Every rounding that the integer graph will do is done here too, at the same place and with the same scale; gradients pass it straight through
(Bengio et al. 2013) and the scales learn with the weights (LSQ, Esser et al. 2020). The teacher is the float graph itself on the same views: no
labels, no other network. Ranges start from the photos, channels are equalised first, both as in step07. A state beside the target lets --resume go on.
"""
import argparse, json, math, os, time
import numpy as np, onnx, torch, torch.nn as nn, torch.nn.functional as F
import graph, step02_train as train, step07_quantise as ptq, views

LR, SCALE_LR, SEED = 2e-4, 5e-4, 0                 # weights and biases: a share of each tensor's root mean square per step; scales: of their logarithm
BODY_END = ('class', 'side')                       # the outputs that are compared


def rounded(x): return x + (x.round() - x).detach()


def fake_uint8(x, log_scale, zero):
    s = log_scale.exp(); return ((rounded(x / s) + zero).clamp(0, 255) - zero) * s


def fake_int8(w):
    s = (w.detach().abs().flatten(1).amax(1) / 127).clamp(min=1e-12).view(-1, *[1] * (w.ndim - 1)); return (rounded(w / s)).clamp(-127, 127) * s


class Simulated(nn.Module):
    """The body of the graph; without a plan it is the float network."""
    def __init__(self, g, q=None):
        super().__init__()
        self.g, self.q, self.nodes = g, q, body(g)
        self.weights = nn.ParameterDict(); self.key = {}
        for n in self.nodes:
            if n.op_type == 'Conv':
                for i in n.input[1:]:
                    if i not in self.key: self.key[i] = f'p{len(self.key)}'; self.weights[self.key[i]] = nn.Parameter(torch.from_numpy(np.array(g.const[i], np.float32)))
        self.scales = nn.ParameterDict(); self.scale_key, groups = {}, {}
        for t, p in (q.params if q else {}).items():
            key = groups.setdefault(id(p), f's{len(groups)}'); self.scale_key[t] = key
            if key not in self.scales: self.scales[key] = nn.Parameter(torch.tensor(math.log(float(p[0]))), requires_grad=bool(t != 'image_float' and np.float32(p[0]) != np.float32(1 / 255)))

    def forward(self, image):
        """image float [B,3,H,W], whole numbers 0..255 -> {name: map}"""
        v, out = {}, {}
        for n in self.nodes:
            o, kind, a = n.output[0], n.op_type, graph.attributes(n); x = [v[i] for i in n.input if i in v]
            if kind == 'Transpose': continue
            if o == 'image_float': y = image - float(self.g.const['image_zero'])
            elif kind == 'Conv':
                w, b = self.weights[self.key[n.input[1]]], self.weights[self.key[n.input[2]]] if len(n.input) > 2 else None
                if self.q and o not in self.q.float_convs: w = fake_int8(w)
                p = a.get('pads', [0] * 4); z = x[0]
                if p[0] != p[2] or p[1] != p[3]: z, p = F.pad(z, (p[1], p[3], p[0], p[2])), [0, 0]
                y = F.conv2d(z, w, b, a.get('strides', [1, 1]), tuple(p[:2]), 1, a.get('group', 1))
            elif kind == 'Relu': y = F.relu(x[0])
            elif kind == 'Add': y = x[0] + x[1]
            elif kind == 'Mul': y = x[0] * x[1]
            elif kind == 'Concat': y = torch.cat(x, a['axis'])
            elif kind == 'GlobalAveragePool': y = x[0].mean((2, 3), keepdim=True)
            elif kind == 'HardSigmoid': y = F.hardsigmoid(x[0])
            elif kind == 'Resize': y = F.interpolate(x[0], scale_factor=2., mode='nearest')
            elif kind == 'MaxPool': y = F.max_pool2d(x[0], a['kernel_shape'][0], a['strides'][0], a['pads'][0])
            else: raise NotImplementedError(kind)
            if self.q and o in self.q.params and kind not in ('Concat', 'MaxPool', 'Resize') and not (o == 'image_float'): y = fake_uint8(y, self.scales[self.scale_key[o]], float(self.q.params[o][1]))
            v[o] = y
            if o.startswith(BODY_END): out[o] = y
        return out

    def maps(self, image):
        o = self(image); return [torch.cat([o[f'class{k}'], o[f'side{k}']], 1) for k in range(len(o) // 2)]

    def into(self, g, q):
        """Puts what was learnt into the graph and the plan."""
        for name, key in self.key.items(): g.const[name] = self.weights[key].detach().numpy()
        for t, key in self.scale_key.items(): q.params[t] = (np.float32(self.scales[key].exp().item()), q.params[t][1])


def body(g):
    """The nodes from the image to the last convolutions, in order."""
    wanted, made = set(), {o: n for n in g.nodes for o in n.output}
    def visit(name):
        n = made.get(name)
        if n is None or n.output[0] in wanted: return
        wanted.add(n.output[0]); [visit(i) for i in n.input]
    for n in g.nodes:
        if n.op_type == 'Conv' and n.output[0].startswith(BODY_END): visit(n.output[0])
    return [n for n in g.nodes if n.output[0] in wanted]


def learn(source, target, data, steps, batch, stem=ptq.STEM, resume=False, limit=None, lr=LR, count=ptq.PHOTOS):
    from tqdm import tqdm
    torch.manual_seed(SEED); g = graph.Graph(onnx.load(source)); size = tuple(g.shape['image'][1:3]); images = list(ptq.photos(f'{data}/train/photos-00.npz', count, size, ptq.SEED))
    teacher = Simulated(g).eval().requires_grad_(False); print(ptq.equalise(g, size, images), 'channels equalised')
    q = ptq.Quantiser(g, [n.output[0] for n in g.nodes if n.op_type == 'Conv'][:stem], keep_sums=False); q.plan(ptq.observe(g.model(*size), q.measured, images)); net = Simulated(g, q)
    rms = lambda p: max(float(p.detach().pow(2).mean().sqrt()), 1e-4)
    opt = torch.optim.Adam([{'params': [p], 'peak': lr * rms(p)} for p in net.weights.values()] + [{'params': [p for p in net.scales.values() if p.requires_grad], 'peak': SCALE_LR}], lr=lr, betas=(0.9, 0.98))
    imgs, sizes = views.load_photos(f'{data}/train/photos-00.npz', limit); state = target + '.state'; first = 0; start = time.time()
    if resume and os.path.exists(state): z = torch.load(state, weights_only=True); net.load_state_dict(z['net']); opt.load_state_dict(z['opt']); first = z['step']
    log = []
    for step in tqdm(range(first, steps), initial=first, total=steps):
        f = min(1., (step + 1) / 20) * (.5 * (1 + math.cos(math.pi * step / steps)) * .98 + .02)
        for p in opt.param_groups: p['lr'] = p['peak'] * f
        x = views.degrade(views.batch(imgs, sizes, batch, *size)).round()
        with torch.no_grad(): t = torch.cat([m.flatten(2) for m in teacher.maps(x)], 2).transpose(1, 2); want = t[..., :80].sigmoid(), t[..., 80:].unflatten(2, (4, 8)).log_softmax(3)
        cls, box = train.loss_of(net.maps(x), *want); opt.zero_grad(); (cls + train.BOX * box).backward(); nn.utils.clip_grad_norm_(net.weights.parameters(), 50.); opt.step(); log.append([cls.item(), box.item()])
        if step % 25 == 24 or step == steps - 1:
            print(f'\n{time.time() - start:.0f} s step {step + 1} class {np.mean(log[-25:], 0)[0]:.4f} box {np.mean(log[-25:], 0)[1]:.4f}', flush=True)
            torch.save({'net': net.state_dict(), 'opt': opt.state_dict(), 'step': step + 1}, state + '.tmp'); os.replace(state + '.tmp', state)
    net.into(g, q); onnx.save(ptq.short(q.write().model(*size)), target); os.remove(state)
    facts = {'source': os.path.basename(source), 'steps': steps, 'batch': batch, 'lr': lr, 'scaleLr': SCALE_LR, 'seed': SEED, 'stem': stem, 'photos': len(imgs), 'seconds': round(time.time() - start), 'loss': {'first 10': np.mean(log[:10], 0).round(4).tolist(), 'last 25': np.mean(log[-25:], 0).round(4).tolist()}}
    json.dump(facts, open(f'{os.path.dirname(os.path.abspath(__file__))}/results/qat-{os.path.basename(target).split(".")[0]}.json', 'w'), indent=1); print(facts)


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('source'); a.add_argument('target'); a.add_argument('--data', required=True); a.add_argument('--steps', type=int, default=300); a.add_argument('--batch', type=int, default=8); a.add_argument('--lr', type=float, default=LR)
    a.add_argument('--stem', type=int, default=ptq.STEM); a.add_argument('--resume', action='store_true'); a.add_argument('--limit', type=int); a.add_argument('--count', type=int, default=ptq.PHOTOS)
    a = a.parse_args(); learn(a.source, a.target, a.data, a.steps, a.batch, a.stem, a.resume, a.limit, a.lr, a.count)
