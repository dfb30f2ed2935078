"""Structural re-parameterisation: parallel branches while training, one convolution afterwards.

    python step05_reparam.py SCOUT.pt OUT.pt --data DATA --teacher EXPERT.pt          # plain fine-tune against one with branches -> results/reparam.json, 4 minutes
    python step05_reparam.py SCOUT.pt OUT.pt --data DATA --teacher EXPERT.pt --quick  # a taste

A depthwise k x k gets parallel ones of 3x3 (if k is 5) and 1x1 (a scaled identity where the stride is 1); a 1x1 with as many channels in as out an identity; each with
its own batch norm (RepVGG, Ding et al. 2021; MobileOne, Vasu et al. 2022). New norms have scale 0, or, with `split`, every branch takes SHARE of the taps that it covers and the
first filter gives them up: either way `expand` changes nothing. `merge` adds every branch, its norm inside, to the filters of the first: exact, as all of it is linear. Frozen norms (nets.freeze) work as well: the sum is then formed before the convolution.
"""
import argparse, copy, json, os, time
import torch, torch.nn as nn, torch.nn.functional as F
import nets
import step04_prune as short

LR = 2e-4                                          # the network is trained already: short.TUNE_LR would shake it
SHARE = 0.25                                       # of the taps that go to each branch; 0: norms with scale 0
TOLERANCE = 1e-4                                   # relative to the largest output
RESULT = f'{short.RESULTS}/reparam.json'


class Branched(nets.Conv):
    """A Conv and branches beside it. Their filters are kept small and laid into the middle of the large ones: the same geometry for every stride and padding."""
    def __init__(self, conv, sizes, identity):
        nn.Module.__init__(self)
        self.conv, self.bn, self.act, self.same, self.frozen = conv.conv, conv.bn, conv.act, conv.same, conv.frozen
        o, i = self.conv.weight.shape[:2]
        self.small = nn.ParameterList([nn.init.kaiming_normal_(torch.empty(o, i, k, k)) for k in sizes])
        self.norms = nn.ModuleList([nn.BatchNorm2d(o) for _ in range(len(sizes) + identity)])
        if identity: self.register_buffer('identity', torch.eye(o)[:, :, None, None])
        for n in self.norms: nn.init.zeros_(n.weight)
    def filters(self):
        k = self.conv.kernel_size[0]
        return [F.pad(w, [(k - w.shape[2]) // 2] * 4) for w in self.small] + ([self.identity] if hasattr(self, 'identity') else [])
    def folded(self):
        w, b = super().folded()
        for f, n in zip(self.filters(), self.norms):
            scale = n.weight * (n.running_var + n.eps).rsqrt(); w = w + f * scale[:, None, None, None]; b = b + n.bias - n.running_mean * scale
        return w, b
    def forward(self, x):
        if self.frozen: return super().forward(x)
        if self.same: x = F.pad(x, self.same)
        c = self.conv; y = self.bn(c(x))
        for f, n in zip(self.filters(), self.norms): y = y + n(x if f is getattr(self, 'identity', None) else F.conv2d(x, f, None, c.stride, c.padding, 1, c.groups))
        return nets.ACT[self.act](y)


def convolutions(net):
    for m in net.modules():
        for name, child in m.named_children():
            if isinstance(child, nets.Conv): yield m, name, child


def expand(net):
    """Branches beside every convolution that can have some, in place; the function stays. -> how many branches"""
    count = 0
    for parent, name, m in list(convolutions(net)):
        c = m.conv; k = c.kernel_size[0]; depthwise = c.groups > 1
        sizes = [s for s in (3, 1) if s < k] if depthwise else []; identity = k == 1 and c.in_channels == c.out_channels and not depthwise
        if sizes or identity: setattr(parent, name, Branched(m, sizes, identity)); count += len(sizes) + identity
    return count


@torch.no_grad()
def split(net, x, share=SHARE):
    """SHARE of the taps into every branch, all norms with the statistics of x [B,3,H,W]: in evaluation the function stays, in training nearly. Before any training, behind `expand`."""
    def move(m, inputs, out):
        x = F.pad(inputs[0], m.same) if m.same else inputs[0]; c, bn = m.conv, m.bn; run = lambda w: F.conv2d(x, w, None, c.stride, c.padding, 1, c.groups); stats = lambda y: (y.mean((0, 2, 3)), y.var((0, 2, 3)))
        scale = bn.weight * (bn.running_var + bn.eps).rsqrt(); bias = bn.bias - bn.running_mean * scale; k = c.kernel_size[0]; raw = c.weight.clone()
        for f in m.small: e = (k - f.shape[2]) // 2; f.copy_(raw[:, :, e:k - e, e:k - e])
        for f, n in zip(m.filters(), m.norms):
            part = share * scale * (raw[:, :, 0, 0].diagonal() if f is getattr(m, 'identity', None) else 1); mean, var = stats(run(f)); n.running_mean.copy_(mean); n.running_var.copy_(var); n.weight.copy_(part * (var + n.eps).sqrt()); bias += mean * part
            c.weight -= share * (f * raw[:, :, 0, 0].diagonal()[:, None, None, None] if f is getattr(m, 'identity', None) else f)
        mean, var = stats(run(c.weight)); bn.running_mean.copy_(mean); bn.running_var.copy_(var); bn.weight.copy_(scale * (var + bn.eps).sqrt()); bn.bias.copy_(bias + mean * scale)
    hooks = [m.register_forward_hook(move) for m in net.modules() if isinstance(m, Branched)]; net.eval()(x); [h.remove() for h in hooks]


def merge(net):
    """Every Branched as one Conv whose norm does nothing, in place."""
    for parent, name, m in list(convolutions(net)):
        if not isinstance(m, Branched): continue
        c = m.conv; w, b = m.folded(); plain = nets.Conv(c.in_channels, c.out_channels, c.kernel_size[0], c.stride[0], c.groups, m.act, bool(m.same))
        plain.conv.weight.data = w.detach(); plain.bn.bias.data = b.detach(); plain.bn.running_var.fill_(1 - plain.bn.eps); plain.same, plain.frozen = m.same, m.frozen
        setattr(parent, name, plain)
    return net


def difference(a, b, size):
    """Largest difference of the outputs, of their largest value"""
    torch.manual_seed(1); x = torch.randint(0, 256, (2, 3, *size)).float(); a, b = a.eval(), b.eval()
    with torch.no_grad(): return max(float((p - q).abs().max() / p.abs().max()) for p, q in zip(a(x), b(x)))


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('source'); a.add_argument('out'); a.add_argument('--data', required=True); a.add_argument('--teacher', required=True); a.add_argument('--steps', type=int, default=short.TUNE_STEPS); a.add_argument('--lr', type=float, default=LR)
    a.add_argument('--share', type=float, default=SHARE); a.add_argument('--limit', type=int, help='pictures of voc-dev'); a.add_argument('--seed', type=int, default=short.SEED); a.add_argument('--threads', type=int, default=1); a.add_argument('--quick', action='store_true'); a.add_argument('--json', default=RESULT)
    a = a.parse_args(); torch.set_num_threads(a.threads)
    if a.quick: a.steps, a.limit = 2, 20
    net = nets.load(a.source).eval(); size = net.config['size']; made = short.lessons(a.data, a.teacher, size, a.steps, a.seed); rows = {'before': {'ap50': short.ap50(net, a.data, a.limit)}}
    for kind in ('plain', 'branches'):
        began = time.time(); wide = copy.deepcopy(net)
        if kind == 'branches': torch.manual_seed(a.seed); count = expand(wide); a.share and split(wide, made[0][0].float(), a.share); start = difference(net, wide, size); assert start < TOLERANCE, start
        tuned, loss = short.tune(wide, made, a.lr, a.seed); seconds = time.time() - began; row = {'loss': loss, 'secondsPerStep': round(seconds / a.steps, 2), 'parameters': sum(p.numel() for p in tuned.parameters())}
        if kind == 'branches':
            whole = copy.deepcopy(tuned); tuned = merge(tuned); gap = difference(whole, tuned, size); assert gap < TOLERANCE, gap
            row.update(branches=count, differenceExpanded=start, differenceMerged=gap, parametersMerged=sum(p.numel() for p in tuned.parameters()))
            row['branchScale'] = round(float(torch.cat([n.weight.detach().abs() for m in whole.modules() if isinstance(m, Branched) for n in m.norms]).mean()), 5)
        rows[kind] = {'ap50': short.ap50(tuned, a.data, a.limit), **row}; print(kind, rows[kind], flush=True); nets.save(tuned, a.out if kind == 'branches' else a.out + '.plain', origin=f'{os.path.basename(a.source)}, {kind}, {a.steps} steps')
    facts = {'source': os.path.basename(a.source), 'teacher': os.path.basename(a.teacher), 'steps': a.steps, 'batch': short.BATCH, 'lr': a.lr, 'share': a.share, 'warm': short.TUNE_WARM, 'seed': a.seed, 'photos': short.TUNE_PHOTOS, 'pictures': a.limit or 600, 'threads': a.threads, 'tolerance': TOLERANCE}
    done = json.load(open(a.json)) if os.path.exists(a.json) else {}; done[f'{os.path.basename(a.source)}, lr {a.lr:g}, share {a.share:g}'] = {'settings': facts, 'rows': rows}; json.dump(done, open(a.json, 'w'), indent=1)
