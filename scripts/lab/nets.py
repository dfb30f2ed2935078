"""The students: one detector, five backbones that a user of this field expects, each described by a small dictionary that travels with its weights.

    python nets.py                     # prints multiplications and parameters of each configuration

A detector is: backbone with features at strides 8, 16, 32 -> two-way neck (nearest upsampling, additions) -> per level a tower of separable
convolutions -> one 1x1 convolution to 80 class logits and 4 x 8 box-side distributions (Li et al. 2020, generalised focal loss; the heads of
NanoDet-Plus and PicoDet). Input: RGB float [B,3,H,W], 0..255. Output: maps [B,112,H/s,W/s]; cells have their centre at (x + 0.5) * s.
"""
import copy
import torch, torch.nn as nn, torch.nn.functional as F

CLASSES, BINS = 80, 8
IMAGENET = dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375])
RAW = dict(mean=[0., 0., 0.], std=[1., 1., 1.])
ACT = {'relu': F.relu, 'hswish': F.hardswish, 'none': lambda x: x}


class Conv(nn.Module):
    """Convolution, batch norm, activation. Frozen, the norm is part of the weights: nothing but the convolution touches the activations.
    `same`: the asymmetric padding of TensorFlow, for weights that come from there."""
    def __init__(self, i, o, k=1, s=1, g=1, act='relu', same=False):
        super().__init__()
        self.conv = nn.Conv2d(i, o, k, s, 0 if same and s > 1 else k // 2, groups=g, bias=False); self.bn = nn.BatchNorm2d(o)
        self.act, self.same, self.frozen = act, tf_pad(k) if same and s > 1 else None, False
    def folded(self):
        """Weight [o,i/g,k,k] and bias [o] of the convolution with its norm inside."""
        scale = self.bn.weight * (self.bn.running_var + self.bn.eps).rsqrt()
        return self.conv.weight * scale[:, None, None, None], self.bn.bias - self.bn.running_mean * scale
    def forward(self, x):
        if self.same: x = F.pad(x, self.same)
        if self.frozen:
            w, b = self.folded()
            c = self.conv; y = F.conv2d(x, w, b, c.stride, c.padding, 1, c.groups)
        else: y = self.bn(self.conv(x))
        return ACT[self.act](y)


def tf_pad(k): return (k // 2 - 1, k // 2) * 2


class SqueezeExcite(nn.Module):
    """Gate per channel from the mean of the map, hard sigmoid (Howard et al. 2019)."""
    def __init__(self, c, h):
        super().__init__(); self.a, self.b = nn.Conv2d(c, h, 1), nn.Conv2d(h, c, 1)
    def forward(self, x): return x * F.hardsigmoid(self.b(F.relu(self.a(x.mean((2, 3), keepdim=True)))))


class Inverted(nn.Module):
    """MobileNet's inverted residual: expand, depthwise, [squeeze-excite], project. `e` 0: no expansion."""
    def __init__(self, i, k, s, e, o, se=0, act='relu', same=False):
        super().__init__()
        self.expand = Conv(i, e, act=act) if e else nn.Identity(); e = e or i
        self.depth = Conv(e, e, k, s, e, act, same); self.se = SqueezeExcite(e, se) if se else nn.Identity()
        self.project = Conv(e, o, act='none'); self.residual = s == 1 and i == o
    def forward(self, x):
        y = self.project(self.se(self.depth(self.expand(x))))
        return x + y if self.residual else y


class Ghost(nn.Module):
    """Ghost module, ratio 2: half the maps by a 1x1 convolution, half by a cheap depthwise 3x3 (Han et al. 2020)."""
    def __init__(self, i, o, act='relu'):
        super().__init__()
        h = (o + 1) // 2; self.primary, self.cheap, self.o = Conv(i, h, act=act), Conv(h, h, 3, 1, h, act), o
    def forward(self, x):
        p = self.primary(x); y = torch.cat([p, self.cheap(p)], 1)
        return y if y.shape[1] == self.o else y[:, :self.o]


class GhostBottleneck(nn.Module):
    def __init__(self, i, k, s, e, o, se=0):
        super().__init__()
        self.first = Ghost(i, e); self.depth = Conv(e, e, k, s, e, 'none') if s > 1 else nn.Identity()
        self.se = SqueezeExcite(e, se) if se else nn.Identity(); self.second = Ghost(e, o, 'none')
        self.short = nn.Identity() if s == 1 and i == o else nn.Sequential(Conv(i, i, k, s, i, 'none'), Conv(i, o, act='none'))
    def forward(self, x):
        return self.short(x) + self.second(self.se(self.depth(self.first(x))))


class Shuffle(nn.Module):
    """ShuffleNetV2 unit: split, transform one half, concatenate, shuffle (Ma et al. 2018)."""
    def __init__(self, i, o, s):
        super().__init__()
        h = o // 2; self.s = s
        self.left = nn.Sequential(Conv(i, i, 3, s, i, 'none'), Conv(i, h)) if s > 1 else nn.Identity()
        self.right = nn.Sequential(Conv(i if s > 1 else h, h), Conv(h, h, 3, s, h, 'none'), Conv(h, h))
    def forward(self, x):
        h = x.shape[1] // 2; a, b = (x, x) if self.s > 1 else (x[:, :h], x[:, h:])
        y = torch.cat([self.left(a), self.right(b)], 1); n, c, h, w = y.shape
        return y.reshape(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


# Block tables: one list per stage, a stage ends where a feature is taken. Inverted: (k, s, expansion, out, squeeze, act).
R, H = 'relu', 'hswish'
TABLES = {
    # MobileNetV3-Large as trained by 610265158 (width about 0.75), npm package @vladmandic/human, MIT
    'mobilenetv3-large': dict(kind='inverted', same=True, stem=(16, H), last=(480, H), **RAW, stages=[
        [(3, 1, 0, 16, 0, R), (3, 2, 64, 24, 0, R), (3, 1, 72, 24, 0, R), (5, 2, 72, 32, 24, R), (5, 1, 96, 32, 24, R), (5, 1, 96, 32, 24, R)],
        [(3, 2, 192, 64, 0, H), (3, 1, 160, 64, 0, H), (3, 1, 144, 64, 0, H), (3, 1, 144, 64, 0, H), (3, 1, 384, 88, 96, H), (3, 1, 528, 88, 136, H)],
        [(5, 2, 528, 120, 136, H), (5, 1, 720, 120, 184, H), (5, 1, 720, 120, 184, H)]]),
    # "minimalistic": 3x3, ReLU, no squeeze-excite (released with the paper for runtimes like ours)
    'mobilenetv3-small': dict(kind='inverted', stem=(16, R), **IMAGENET, stages=[
        [(3, 2, 0, 16, 0, R), (3, 2, 72, 24, 0, R), (3, 1, 88, 24, 0, R)],
        [(3, 2, 96, 40, 0, R), (3, 1, 240, 40, 0, R), (3, 1, 240, 40, 0, R), (3, 1, 120, 48, 0, R), (3, 1, 144, 48, 0, R)],
        [(3, 2, 288, 96, 0, R), (3, 1, 576, 96, 0, R), (3, 1, 576, 96, 0, R)]]),
    'ghostnet': dict(kind='ghost', stem=(16, R), **IMAGENET, stages=[
        [(3, 1, 16, 16, 0), (3, 2, 48, 24, 0), (3, 1, 72, 24, 0), (5, 2, 72, 40, 16), (5, 1, 120, 40, 32)],
        [(3, 2, 240, 80, 0), (3, 1, 200, 80, 0), (3, 1, 184, 80, 0), (3, 1, 184, 80, 0), (3, 1, 480, 112, 120), (3, 1, 672, 112, 168)],
        [(5, 2, 672, 160, 168), (5, 1, 960, 160, 0), (5, 1, 960, 160, 240), (5, 1, 960, 160, 0), (5, 1, 960, 160, 240)]]),
    'shufflenetv2': dict(kind='shuffle', stem=(24, R), pool=True, **IMAGENET, stages=[[(2, 116), (1, 116), (1, 116), (1, 116)], [(2, 232)] + [(1, 232)] * 7, [(2, 464)] + [(1, 464)] * 3]),
    'efficientnet-lite0': dict(kind='inverted', same=True, stem=(32, R), **dict(mean=[127.] * 3, std=[128.] * 3), stages=[
        [(3, 1, 0, 16, 0, R), (3, 2, 96, 24, 0, R), (3, 1, 144, 24, 0, R), (5, 2, 144, 40, 0, R), (5, 1, 240, 40, 0, R)],
        [(3, 2, 240, 80, 0, R), (3, 1, 480, 80, 0, R), (3, 1, 480, 80, 0, R), (5, 1, 480, 112, 0, R), (5, 1, 672, 112, 0, R), (5, 1, 672, 112, 0, R)],
        [(5, 2, 672, 192, 0, R)] + [(5, 1, 1152, 192, 0, R)] * 3 + [(3, 1, 1152, 320, 0, R)]]),
}


def backbone(t):
    """-> stages, the channels of their features"""
    stages, chans, i = [], [], t['stem'][0]
    for n, table in enumerate(t['stages']):
        layers = [Conv(3, i, 3, 2, act=t['stem'][1], same=t.get('same', False))] if n == 0 else []
        if n == 0 and t.get('pool'): layers.append(nn.MaxPool2d(3, 2, 1))
        for b in table:
            if t['kind'] == 'inverted': layers.append(Inverted(i, *b[:4], *b[4:], t.get('same', False))); i = b[3]
            elif t['kind'] == 'ghost': layers.append(GhostBottleneck(i, *b)); i = b[3]
            else: layers.append(Shuffle(i, b[1], b[0])); i = b[1]
        if n == 2 and t.get('last'): layers.append(Conv(i, t['last'][0], act=t['last'][1])); i = t['last'][0]
        stages.append(nn.Sequential(*layers)); chans.append(i)
    return nn.ModuleList(stages), chans


def separable(i, o, k=5, s=1): return nn.Sequential(Conv(i, i, k, s, i), Conv(i, o))


class Detector(nn.Module):
    """config: {'backbone': a block table, 'width': channels of the neck, 'levels': 3 or 4, 'tower': separable convolutions per head, 'size': [H, W]}"""
    def __init__(self, config):
        super().__init__()
        self.config = c = copy.deepcopy(config); t = c['backbone']; w = c['width']
        self.stages, chans = backbone(t)
        self.lateral = nn.ModuleList([Conv(i, w) for i in chans])
        self.down_path = nn.ModuleList([separable(w, w), separable(w, w)])
        self.shrink = nn.ModuleList([separable(w, w, 5, 2) for _ in range(2)])
        self.up_path = nn.ModuleList([separable(w, w), separable(w, w)])
        self.extra = separable(w, w, 5, 2) if c['levels'] == 4 else None
        self.tower = nn.ModuleList([nn.Sequential(*[separable(w, w) for _ in range(c.get('tower', 2))]) for _ in range(c['levels'])])
        self.out = nn.ModuleList([nn.Conv2d(w, CLASSES + 4 * BINS, 1) for _ in range(c['levels'])])
        for o in self.out: nn.init.normal_(o.weight, std=.01); nn.init.zeros_(o.bias); nn.init.constant_(o.bias[:CLASSES], -4.6)
        self.register_buffer('mean', torch.tensor(t['mean']).view(1, 3, 1, 1)); self.register_buffer('std', torch.tensor(t['std']).view(1, 3, 1, 1))
    def towers(self, x):
        """The features before the last convolution, finest level first."""
        x = (x - self.mean) / self.std; f = []
        for s in self.stages: x = s(x); f.append(x)
        up = lambda v: F.interpolate(v, scale_factor=2., mode='nearest')
        p5 = self.lateral[2](f[2])
        p4 = self.down_path[0](up(p5) + self.lateral[1](f[1]))
        p3 = self.down_path[1](up(p4) + self.lateral[0](f[0]))
        n4 = self.up_path[0](self.shrink[0](p3) + p4)
        n5 = self.up_path[1](self.shrink[1](n4) + p5)
        levels = [p3, n4, n5] + ([self.extra(n5)] if self.extra is not None else [])
        return [t(l) for t, l in zip(self.tower, levels)]
    def forward(self, x): return [o(f) for o, f in zip(self.out, self.towers(x))]


def freeze(module, frozen=True):
    """Puts the norms into the weights (or takes them out): statistics stay as they are, scale and shift go on learning."""
    for m in module.modules():
        if isinstance(m, Conv): m.frozen = frozen
    return module


def config(name, size, width=96, levels=4, tower=2): return {'name': name, 'backbone': TABLES[name], 'width': width, 'levels': levels, 'tower': tower, 'size': list(size)}


def save(net, path, **facts):
    torch.save({'config': net.config, 'state': {k: v.cpu() for k, v in net.state_dict().items()}, **facts}, path + '.tmp')
    import os; os.replace(path + '.tmp', path)


def load(path):
    c = torch.load(path, map_location='cpu', weights_only=True); net = Detector(c['config']); net.load_state_dict(c['state']); return net


def count(net, size=None):
    """-> multiplications of one picture, parameters"""
    total, hooks = [0], []
    def add(m, i, o): total[0] += o.numel() * m.weight[0].numel()
    for m in net.modules():
        if isinstance(m, nn.Conv2d): hooks.append(m.register_forward_hook(add))
    was = net.training; net.eval(); frozen = [m for m in net.modules() if isinstance(m, Conv) and m.frozen]; freeze(net, False)
    with torch.no_grad(): net(torch.zeros(1, 3, *(size or net.config['size']), device=net.mean.device))
    for m in frozen: m.frozen = True
    for h in hooks: h.remove()
    net.train(was); return total[0], sum(p.numel() for p in net.parameters())


if __name__ == '__main__':
    for name in TABLES:
        for size in ((320, 448), (224, 320)):
            m, p = count(Detector(config(name, size))); print(f'{name:20s} {size} {m / 1e6:6.0f} MMAC {p / 1e6:5.2f} M parameters')
