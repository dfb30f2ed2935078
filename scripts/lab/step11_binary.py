"""Binary weights: 1x1 convolutions of the inverted residuals as sign(w) * mean|w| per output channel, the rest float.

    python step11_binary.py SCOUT.pt OUT.pt --data DATA --teacher EXPERT.pt [--quick]       # -> results/binary.json, 4 minutes

Weights as in XNOR-Net (Rastegari et al. 2016, section 3.1: binary weights, real activations), gradients straight through where |w| is at most CLIP of its filter's mean
(Bengio et al. 2013). Three figures: rounded after training, with the norms' statistics measured anew, and after a short distillation fine-tune.
ONNX Runtime has no binary kernel: the file that runs holds floats. Packed bytes are what a program with such a kernel would store.
"""
import argparse, copy, json, os
import numpy as np, torch, torch.nn as nn
import torch.nn.utils.parametrize as parametrize
import nets
import step04_prune as short

LR = 1e-3
CLIP = 3.0                                         # in means of |w|; further out no gradient passes
RESULT = f'{short.RESULTS}/binary.json'


class Binary(nn.Module):
    def forward(self, w):
        scale = w.detach().abs().mean((1, 2, 3), keepdim=True); inner = torch.maximum(torch.minimum(w, CLIP * scale), -CLIP * scale)
        return inner + (torch.where(w < 0, -scale, scale) - inner).detach()


def inner(net):
    """The expanding and projecting 1x1 convolutions"""
    return [c for m in net.modules() if isinstance(m, nets.Inverted) for c in (m.expand, m.project) if isinstance(c, nets.Conv)]


def binarise(net):
    for m in inner(net): parametrize.register_parametrization(m.conv, 'weight', Binary())
    return net


def settle(net):
    """The binary weights in place of the float ones"""
    for m in inner(net):
        if parametrize.is_parametrized(m.conv): parametrize.remove_parametrizations(m.conv, 'weight')
    return net


def remeasure(net, made, batches=12):
    """Norms' statistics over a few batches, plain means"""
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]; nets.freeze(net.train(), False)
    for n in norms: n.reset_running_stats(); n.momentum = None
    with torch.no_grad(): [net(x.float()) for x, *_ in made[:batches]]
    for n in norms: n.momentum = 0.1
    return net.eval()


def bytes_of(net, binary):
    """Convolutions as written: one bit a weight where binary, four bytes otherwise, a float scale and bias per output channel"""
    chosen = {id(m.conv) for m in inner(net)} if binary else set()
    return sum(-(-m.weight.numel() // 8) + 8 * len(m.weight) if id(m) in chosen else 4 * m.weight.numel() + 4 * len(m.weight) for m in net.modules() if isinstance(m, nn.Conv2d))


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('source'); a.add_argument('out'); a.add_argument('--data', required=True); a.add_argument('--teacher', required=True); a.add_argument('--steps', type=int, default=short.TUNE_STEPS); a.add_argument('--lr', type=float, default=LR)
    a.add_argument('--limit', type=int, help='pictures of voc-dev'); a.add_argument('--seed', type=int, default=short.SEED); a.add_argument('--threads', type=int, default=1); a.add_argument('--quick', action='store_true'); a.add_argument('--json', default=RESULT)
    a = a.parse_args(); torch.set_num_threads(a.threads)
    if a.quick: a.steps, a.limit = 2, 20
    net = nets.load(a.source).eval(); made = short.lessons(a.data, a.teacher, net.config['size'], a.steps, a.seed); score = lambda n: short.ap50(n, a.data, a.limit)
    weights = sum(m.conv.weight.numel() for m in inner(net)); everything = sum(m.weight.numel() for m in net.modules() if isinstance(m, nn.Conv2d))
    macs, binary = [0, 0], {id(m.conv) for m in inner(net)}
    def add(c, _, o): macs[id(c) in binary] += o.numel() * c.weight[0].numel()
    hooks = [m.register_forward_hook(add) for m in net.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad(): net(torch.zeros(1, 3, *net.config['size']))
    for h in hooks: h.remove()
    rows = {'float': {'ap50': score(net), 'bytes': bytes_of(net, False)}}; print(rows, flush=True)
    raw = settle(binarise(copy.deepcopy(net))); assert all(len(np.unique(w.abs().detach().numpy().round(6))) == 1 for m in inner(raw) for w in m.conv.weight[:2])
    rows['rounded after training'] = {'ap50': score(raw), 'bytes': bytes_of(raw, True)}; print(rows, flush=True)
    rows['statistics measured anew'] = {'ap50': score(remeasure(copy.deepcopy(raw), made))}; print(rows, flush=True)
    tuned, loss = short.tune(remeasure(binarise(copy.deepcopy(net)), made), made, a.lr, a.seed); settle(tuned); rows['fine-tuned'] = {'ap50': score(tuned), 'loss': loss, 'bytes': bytes_of(tuned, True)}
    floated, loss = short.tune(net, made, a.lr, a.seed); rows['float, the same fine-tune'] = {'ap50': score(floated), 'loss': loss}; print(rows, flush=True); nets.save(tuned, a.out, origin=f'{os.path.basename(a.source)}, binary 1x1, {a.steps} steps')
    facts = {'source': os.path.basename(a.source), 'teacher': os.path.basename(a.teacher), 'steps': a.steps, 'batch': short.BATCH, 'lr': a.lr, 'clip': CLIP, 'seed': a.seed, 'photos': short.TUNE_PHOTOS, 'pictures': a.limit or 600, 'threads': a.threads, 'binaryConvolutions': len(inner(net)),
             'binaryWeights': weights, 'ofWeights': everything, 'binaryMacs': macs[1], 'ofMacs': sum(macs), 'runtime': 'no binary kernel in ONNX Runtime: the file that runs holds floats, bytes are those of a packed file'}
    json.dump({'settings': facts, 'rows': rows}, open(a.json, 'w'), indent=1)
