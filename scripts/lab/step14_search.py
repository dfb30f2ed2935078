"""Hardware-aware search: which width, depth, kernels and resolution of the expert give the best detector under a budget.

    python step14_search.py EXPERT.pt --data DATA --out FOLDER --like hand=SCOUT.pt  # both budgets of TARGETS: 10 minutes on one core
    python step14_search.py EXPERT.pt --data DATA --out FOLDER --name cam --mj "Raspberry Pi 4=40" --ms 3 --mmac 150
    python step14_search.py EXPERT.pt --data DATA --out FOLDER --quick               # a minute, nothing is kept in results/
    python step14_search.py EXPERT.pt --data DATA --out FOLDER --check 10 A.pt B.pt  # how well the proxy ranks, against AP50 on voc-dev: candidates of all sizes, and checkpoints
    python step14_search.py --draw                                                   # results/search.svg again

The trained expert is the supernet (Once-for-all, Cai et al. 2020; AutoSlim, Yu & Huang 2019): a candidate takes its best channels, ranked once by Taylor
importance (step04_prune.py), skips residual blocks and cuts 5x5 depthwise filters to their centre 3x3. Instead of training, one pass over photos solves every
1x1 convolution for what the parent computes there (least squares; channel pruning, He et al. 2017) and gives the other norms the parent's mean and variance.
The proxy of a candidate is how well it agrees with the fused teachers on photos: the mean AP50 when their sure detections are taken for truth and their
doubtful ones for difficult. Its cost comes from its layers alone (step13_latency.py, step12_energy.py), before anything is built.
Evolution: steady state, tournament, crossover and mutation (after Real et al. 2019), hard budgets; whoever is chosen must win again on other photos.

Weights that were not trained favour candidates near their parent: narrow ones and 3x3 kernels lose what training gives back, small pictures lose what it does
not. The chosen points are starts for step02_train.py, not results.
"""
import argparse, copy, io, json, os, random, sys, time
import numpy as np, torch, torch.nn as nn
import nets, teachers
import step01_start as start, step02_train as train, step04_prune as pruning, step12_energy as energy, step13_latency as latency, step15_evaluate as ev
from step12_energy import Layer

RESULT, PICTURE = f'{energy.HERE}/results/search.json', f'{energy.HERE}/results/search.svg'
TARGETS = {'scout': {'ms': 4.8, 'mmac': 110}, 'expert': {'ms': 15.3, 'mmac': 600}}   # FastestDet's time and the work of the scout pruned by hand; likewise of the expert
HEIGHTS, WIDTHS, ASPECT = list(range(128, 353, 32)), list(range(160, 481, 32)), (1.2, 1.8)              # frames are 4:3 to 16:9
SHARES = [2, 3, 4, 5, 6, 7, 8]                     # eighths of an expansion; 0: the block is skipped
NECK, LAST = [40, 48, 64, 80, 96], [96, 128, 160, 224, 288, 384, 480]                # channels
TEACHER_SIZE = (320, 448)                          # at which the teachers look, whatever the candidate sees
SURE, DOUBT = 0.4, 0.2                             # fused scores: truth, difficult
PHOTOS, AGAIN, STATISTICS = 48, 112, 48            # of the proxy, of the second look at the finalists, of the refitting
SEED, POPULATION, TOURNAMENT, FRESH, FINALISTS = 7, 16, 3, 20, 5
EVALUATIONS = {'scout': 72, 'expert': 20}          # candidates each, 3 s of one core, the expert's 7 s
LEAST_SHARE = 0.6                                  # of one of the budgets: whoever uses less is not what we look for
VIEWS = 96                                         # for the importance of channels
SEEN_PIXELS, PLACES = 3 << 19, 3000                # of the photos on which a candidate is refitted to the parent; of each map
PULL, HEAD_FLOOR = 0.05, 0.02                      # to the inherited weights, relative to the mean power of the inputs; weight of cells without an object
NOTE = 'Proxies are of inherited weights, refitted but not trained: they favour candidates near the parent. The chosen points need step02_train.py.'
GENES = ('width', 'last', 'tower', 'levels', 'neck')                                 # beside them: size, blocks (eighths), kernels


# --- genomes ---------------------------------------------------------------------------------------------------------------------------
class Space:
    def __init__(self, config):
        self.config, self.table, i = config, [], config['backbone']['stem'][0]                                    # of each block: stage, row, may it be skipped
        for s, stage in enumerate(config['backbone']['stages']):
            for row in stage: self.table.append((s, tuple(row), row[1] == 1 and row[3] == i)); i = row[3]
    def nearest(self, c):
        """The genome nearest to a configuration with all of the blocks."""
        rows = [row for stage in c['backbone']['stages'] for row in stage]; last = min(LAST, key=lambda n: abs(n - c['backbone']['last'][0]))
        return {'size': list(c['size']), 'width': c['width'], 'last': last, 'tower': c.get('tower', 2), 'levels': c['levels'], 'neck': c.get('kernel', 5),
                'blocks': [round(8 * row[2] / full[2]) if full[2] else 8 for row, (_, full, _) in zip(rows, self.table)], 'kernels': [row[0] for row in rows]}
    def parent(self): return self.nearest(self.config)
    def random_size(self, rng): return rng.choice([[h, w] for h in HEIGHTS for w in WIDTHS if ASPECT[0] <= w / h <= ASPECT[1]])
    def random(self, rng):
        least, skip, cut = rng.choice(SHARES), rng.choice((0, 0.1, 0.3)), rng.choice((0, 0.3, 1)); g = self.parent()   # some are lean all over
        g.update(size=self.random_size(rng), width=rng.choice(NECK), last=rng.choice(LAST), tower=rng.choice((1, 2)), levels=rng.choice((3, 4)), neck=3 if rng.random() < cut else 5)
        for b, (_, row, optional) in enumerate(self.table):
            g['blocks'][b] = 0 if optional and rng.random() < skip else rng.choice([s for s in SHARES if s >= least]) if row[2] else 8
            if row[0] == 5 and rng.random() < cut: g['kernels'][b] = 3
        return g
    def mutate(self, g, rng):
        g = copy.deepcopy(g); step = lambda values, v: values[max(0, min(len(values) - 1, values.index(v) + rng.choice((-1, 1))))]
        for _ in range(rng.choice((1, 1, 2, 3))):
            gene, b = rng.choice(('size', 'size', *GENES, 'blocks', 'blocks', 'blocks', 'all', 'kernels', 'skip')), rng.randrange(len(self.table)); _, row, optional = self.table[b]
            if gene == 'size':
                size = [step(HEIGHTS, g['size'][0]), g['size'][1]] if rng.random() < .5 else [g['size'][0], step(WIDTHS, g['size'][1])]
                if ASPECT[0] <= size[1] / size[0] <= ASPECT[1]: g['size'] = size
            elif gene in GENES: g[gene] = step({'width': NECK, 'last': LAST, 'tower': [1, 2], 'levels': [3, 4], 'neck': [3, 5]}[gene], g[gene])
            elif gene == 'all': d = rng.choice((-1, 1)); g['blocks'] = [max(SHARES[0], min(8, s + d)) if s and t[1][2] else s for s, t in zip(g['blocks'], self.table)]
            elif gene == 'kernels' and row[0] == 5: g['kernels'][b] = 8 - g['kernels'][b]
            elif gene == 'skip' and optional: g['blocks'][b] = 0 if g['blocks'][b] else 8
            elif gene == 'blocks' and row[2] and g['blocks'][b]: g['blocks'][b] = step(SHARES, g['blocks'][b])
        return g
    def cross(self, a, b, rng):
        """Uniform; what belongs together (resolution, one block) stays together."""
        g = {k: copy.deepcopy((a if rng.random() < .5 else b)[k]) for k in ('size', *GENES)}; turn = [a if rng.random() < .5 else b for _ in self.table]
        return {**g, **{k: [p[k][i] for i, p in enumerate(turn)] for k in ('blocks', 'kernels')}}
    def channels(self, g, b): e, step = self.table[b][1][2], pruning.STEP; return min(e, max(pruning.LEAST, round(e * g['blocks'][b] / 8 / step) * step)) if e else 0
    def config_of(self, g):
        c = copy.deepcopy(self.config); stages = [[] for _ in c['backbone']['stages']]
        for b, (s, row, _) in enumerate(self.table):
            if g['blocks'][b]: stages[s].append((g['kernels'][b], row[1], self.channels(g, b), *row[3:]))
        c['backbone'].update(stages=stages, last=(g['last'], c['backbone']['last'][1])); c.update({k: g[k] for k in ('width', 'tower', 'levels')}, size=list(g['size']))
        return {**c, 'kernel': g['neck']} if g['neck'] != 5 else c


def key(g): return json.dumps(g, sort_keys=True)


def line(c):
    g = c['genome']; blocks = ''.join(str(s) + '*' * (k == 5) for s, k in zip(g['blocks'], g['kernels']))
    return f"{g['size'][0]}x{g['size'][1]} {c['mmac']:.0f} MMAC {c['ms']:.2f} ms, neck {g['width']} k{g['neck']}, last {g['last']}, tower {g['tower']}, levels {g['levels']}, blocks {blocks}"


# --- cost ------------------------------------------------------------------------------------------------------------------------------
def layers(c):
    """What step06_export.py and step07_quantise.py make of a configuration: energy.Layer, as energy.layers_of reads them from the file."""
    (h, w), t, n, k = c['size'], c['backbone'], c['width'], c.get('kernel', 5); i, act = t['stem']; features, half = [], lambda v: -(-v // 2)
    out = [Layer('image', 3, 3, 1, 1, h, w, 32), Layer('conv', 3, i, 3, 2, h, w, 32)]; h, w = half(h), half(w)
    put = lambda kind, a, b=None, k=1, s=1: out.append(Layer(kind, a, b or a, k, s, h, w)); swish = lambda act, ch: act == 'hswish' and put('hswish', ch)
    if act == 'hswish': out += [Layer(kind, i, i, 1, 1, h, w, 32) for kind in ('act', 'mul')]
    out.append(Layer('quant', i, i, 1, 1, h, w, 32))
    for stage in t['stages']:
        for kernel, s, e, o, se, act in stage:
            if e: put('pw', i, e); swish(act, e)
            e = e or i; put('dw', e, e, kernel, s); h, w = -(-h // s), -(-w // s); swish(act, e)
            if se: put('se', e, se)
            put('pw', e, o)
            if s == 1 and i == o: put('add', o)
            i = o
        features.append([i, h, w])
    last, act = t['last']; put('pw', i, last); swish(act, last); features[-1][0] = last
    pair = lambda s, h, w: out.extend([Layer('dw', n, n, k, s, h, w), Layer('pw', n, n, 1, 1, -(-h // s), -(-w // s))])
    for ch, h, w in features: put('pw', ch, n)
    for (_, a, b), (_, h, w) in zip(features[1:], features): out.append(Layer('nearest', n, n, 1, 2, a, b)); put('add', n); pair(1, h, w)             # the way down
    for (_, a, b), (_, h, w) in zip(features, features[1:]): pair(2, a, b); put('add', n); pair(1, h, w)                                              # and up again
    levels = [f[1:] for f in features]
    if c['levels'] == 4: pair(2, *levels[2]); levels.append([half(v) for v in levels[2]])
    for h, w in levels:
        for _ in range(c.get('tower', 2)): pair(1, h, w)
        put('pw', n, nets.CLASSES); put('pw', n, 4 * nets.BINS)
    return out + [Layer('decode', nets.CLASSES + 4 * nets.BINS, 6, 1, 1, sum(h * w for h, w in levels), 1)]


def cost(c):
    l = list(energy.expand(layers(c))); boards = {name: energy.estimate(l, b) for name, b in energy.boards().items()}
    return {'ms': round(latency.predict(l), 3), 'mmac': round(sum(map(energy.macs, l)) / 1e6, 1), 'boards': {n: {'ms': e['ms'], 'mJ': e['mJ']} for n, e in boards.items()}}


def shares(found, budget):
    """What a candidate uses of each limit. budget: {'ms', 'mmac', 'mj': {board: mJ}}"""
    return [found[k] / budget[k] for k in ('ms', 'mmac') if k in budget] + [found['boards'][b]['mJ'] / v for b, v in budget.get('mj', {}).items()]
def fits(found, budget): return max(shares(found, budget)) <= 1


# --- supernet --------------------------------------------------------------------------------------------------------------------------
def detector(c):
    """nets.Detector; the neck's kernel is ours."""
    net = nets.Detector(c); k = c.get('kernel', 5)
    for m in convs(net):
        n, s = m.conv.out_channels, m.conv.stride
        if m.conv.groups > 1 and m.conv.kernel_size[0] != k and not any(m is x for x in net.stages.modules()): m.conv = nn.Conv2d(n, n, k, s, k // 2, groups=n, bias=False)
    return net


def centre(w, k):
    """The centre of depthwise filters, at the length they had."""
    cut = (w.shape[2] - k) // 2; v = w[:, :, cut:cut + k, cut:cut + k]; norm = lambda x: x.flatten(1).norm(dim=1).clamp(min=1e-9)[:, None, None, None]; return v * norm(w) / norm(v)


def convs(net): return [m for m in net.modules() if isinstance(m, nets.Conv)]
def linear(m): return m.conv.groups == 1 and m.conv.kernel_size[0] == 1
def plain(m, x): return m.conv(nn.functional.pad(x, m.same) if m.same else x)


def sample(y):
    """Values at PLACES places of a batch of maps, always the same ones -> [places, channels]"""
    n, c, h, w = y.shape; p = torch.randperm(n * h * w, generator=torch.Generator().manual_seed(h * w))[:PLACES]; return y.permute(0, 2, 3, 1).reshape(-1, c)[p]


class Whole(nn.Module):
    """All of a network where step01_start.measure expects a backbone."""
    def __init__(self, net): super().__init__(); self.stages = net
    def forward(self, x): return self.stages(x)


class Supernet:
    def __init__(self, path, data, folder, images):
        self.net, self.images, self.seen = nets.load(path), images, {}; cache = f'{folder}/importance.pt'; self.space = Space(self.net.config)
        if not os.path.exists(cache):
            with torch.enable_grad(): found = pruning.importance(self.net, data, False, VIEWS, 'taylor')
            torch.save([found[m] for m in convs(self.net)], cache)
        self.score = torch.load(cache, weights_only=True); nets.freeze(self.net, False).eval()

    def reference(self, size):
        """The photos at a size and what the parent computes on them: per convolution some values, mean and variance behind its norm."""
        if size not in self.seen:
            while len(self.seen) > 14: self.seen.pop(next(iter(self.seen)))
            x = tensor(self.images[:max(8, SEEN_PIXELS // (size[0] * size[1]))], size); found, hooks = {}, []
            def hook(m, i, y, k):
                own = isinstance(m, nets.Conv); y = m.bn(plain(m, i[0])) if own else y; found[k] = (sample(y) if not own or linear(m) else None, y.mean((0, 2, 3)), y.var((0, 2, 3)))
            for k, m in enumerate([*convs(self.net), *self.net.out]): hooks.append(m.register_forward_hook(lambda m, i, y, k=k: hook(m, i, y, k)))
            self.net(x); [h.remove() for h in hooks]; self.seen[size] = x, found
        return self.seen[size]

    def candidate(self, g):
        """The network of a genome with the parent's weights. While they travel, the means of the norms carry the numbers of the channels."""
        net = copy.deepcopy(self.net); score = dict(zip(convs(net), self.score)); space, b = self.space, 0
        for k, m in enumerate(convs(net)): m.number = k; m.was = m.bn.running_mean.clone(); m.bn.running_mean.copy_(torch.arange(m.bn.num_features))
        for t in net.tower: t[g['tower'] - 1][1].number = t[-1][1].number; del t[g['tower']:]                    # a shorter tower has to end where the longer one did
        net.tower = net.tower[:g['levels']]; net.out = net.out[:g['levels']]; net.extra = net.extra if g['levels'] == 4 else None
        pruning.narrow(net, g['width'], score); pruning.last_to(net, g['last'], score)
        for stage in net.stages:
            for m in [m for m in stage if isinstance(m, nets.Inverted)]:
                if not g['blocks'][b]: stage._modules = {str(k): v for k, v in enumerate(v for v in stage if v is not m)}
                elif isinstance(m.expand, nets.Conv):
                    keep = (score[m.expand] + score[m.depth]).topk(space.channels(g, b)).indices.sort().values; pruning.rows(m.expand, keep); pruning.rows(m.depth, keep); pruning.columns(m.project, keep)
                    if isinstance(m.se, nets.SqueezeExcite): pruning.columns(m.se.a, keep); m.se.b.weight.data = m.se.b.weight.data[keep]; m.se.b.bias.data = m.se.b.bias.data[keep]
                b += 1
        origin = [(m.number, m.bn.running_mean.long()) for m in convs(net)]
        for m, (_, ids) in zip(convs(net), origin): m.bn.running_mean.copy_(m.was[ids])
        fresh = detector(space.config_of(g)); state, want = net.state_dict(), fresh.state_dict()
        fresh.load_state_dict({k: centre(v, want[k].shape[2]) if v.ndim == 4 and v.shape[2] != want[k].shape[2] else v for k, v in state.items()}); return fresh.eval(), origin

    def refit(self, net, origin):
        """In one pass, layer after layer: every 1x1 convolution is solved for what the parent computes there, from what the candidate has by now (least squares with a
        pull to the inherited weights); the channels of the other convolutions get the parent's mean and variance."""
        x, parent = self.reference(tuple(net.config['size'])); hooks = []
        def before(m, i, k, ids=None):
            (i,), (values, mean, var), head = i, parent[k], ids is None
            if not head and not linear(m): y, b = plain(m, i), m.bn; b.running_mean.copy_(y.mean((0, 2, 3))); b.running_var.copy_(y.var((0, 2, 3))); b.weight.copy_(var[ids].sqrt() * b.weight.sign()); b.bias.copy_(mean[ids]); return
            w, bias = (m.weight, m.bias) if head else m.folded(); old = torch.cat([w[:, :, 0, 0], bias[:, None]], 1); a = sample(i); a = torch.cat([a, torch.ones(len(a), 1)], 1)
            y = values if head else values[:, ids]; weighed = a * (values[:, :nets.CLASSES].amax(1).sigmoid() + HEAD_FLOOR)[:, None] if head else a
            gram = weighed.T @ a; gram += PULL * gram.diagonal().mean() * torch.eye(len(gram)); w = old + torch.linalg.solve(gram, weighed.T @ (y - a @ old.T)).T; w, bias = w[:, :-1, None, None], w[:, -1]
            if head: m.weight.copy_(w); m.bias.copy_(bias)
            else: start.put_folded(m, w, bias)
        for m, (k, ids) in zip(convs(net), origin): hooks.append(m.register_forward_pre_hook(lambda m, i, k=k, ids=ids: before(m, i, k, ids)))
        for j, m in enumerate(net.out): hooks.append(m.register_forward_pre_hook(lambda m, i, k=len(self.score) + j: before(m, i, k)))
        net.eval()(x); [h.remove() for h in hooks]; return net

    def save(self, g, path, origin):
        """The refitted candidate as nets.load reads it. A 3x3 neck needs a nets.Detector that knows `kernel`; else its filters get a border of zeros, which training may fill."""
        net = self.refit(*self.candidate(g)); start.measure(Whole(net), self.reference(tuple(g['size']))[0]); nets.freeze(net, False); want = nets.Detector(net.config).state_dict()
        state = {k: nn.functional.pad(v, [(want[k].shape[2] - v.shape[2]) // 2] * 4) if v.ndim == 4 else v for k, v in net.state_dict().items()}
        if any(v.shape != state[k].shape for k, v in net.state_dict().items()): del net.config['kernel']; print(f'{path}: nets.Detector has 5x5 filters in the neck, these are 3x3 with a border of zeros')
        net = nets.Detector(net.config); net.load_state_dict(state); nets.save(net, path, origin=origin)


# --- proxy -----------------------------------------------------------------------------------------------------------------------------
def rows_of(scores, boxes, size, scale):
    """[N,80], [N,4] of one picture -> [N,6] after NMS, boxes in 0..1 times scale (width, height)"""
    top, cell = scores.amax(1).topk(100); box = boxes[cell] / torch.tensor([size[1], size[0]] * 2) * torch.tensor([*scale] * 2)
    return ev.keep(box.double().numpy(), top.double().numpy(), scores[cell].argmax(1).double().numpy())


def tensor(images, size): return torch.from_numpy(np.stack([np.asarray(i.resize(size[::-1], ev.Image.BILINEAR)) for i in images])).permute(0, 3, 1, 2).float()


def run(net, images, scale=None):
    """{name: image} -> {name: [N,6]}, boxes in pixels or in `scale`"""
    size = tuple(net.config['size']); form = torch.channels_last if size[0] * size[1] > 70000 else torch.contiguous_format; net, found = nets.freeze(net.eval().to(memory_format=form)), {}     # the faster one
    for k, image in images.items(): s, b = teachers.cells(net(tensor([image], size).contiguous(memory_format=form))); found[k] = rows_of(s[0], b[0], size, scale or image.size)
    return found


class Proxy:
    """Photos and what the teachers see on them, boxes in photos of SCALE pixels a side."""
    SCALE = (400., 400.)
    def __init__(self, data, folder):
        z = np.load(f'{data}/train/photos-00.npz'); blob, off = z['data'], z['offsets']; order = np.random.default_rng(SEED).permutation(len(off) - 1)
        image = lambda k: ev.Image.open(io.BytesIO(blob[off[k]:off[k + 1]].tobytes())).convert('RGB'); cache, settings = f'{folder}/targets.pt', [TEACHER_SIZE, SURE, DOUBT, PHOTOS + AGAIN, SEED, train.FUSION]
        found = torch.load(cache, weights_only=False) if os.path.exists(cache) else [None]
        if found[0] != settings:
            teach, found = train.Teachers(data, 'cpu', False), [settings, {}]
            for k in order[32:]:                   # the first ones served to set PULL
                q, sides, _ = teach(tensor([image(k)], TEACHER_SIZE), False); maps, at = torch.cat([q[0].logit(1e-6), sides[0].flatten(1)], 1).T, 0; levels = []
                for s in (8, 16, 32, 64): h, w = (-(-v // s) for v in TEACHER_SIZE); levels.append(maps[None, :, at:at + h * w].reshape(1, -1, h, w)); at += h * w
                s, b = teachers.cells(levels); r = rows_of(s[0], b[0], TEACHER_SIZE, self.SCALE); r = r[r[:, 4] > DOUBT]
                if (r[:, 4] > SURE).any(): found[1][int(k)] = np.column_stack([r[:, :4], r[:, 5], r[:, 4] <= SURE])
                if len(found[1]) == PHOTOS + AGAIN: break
            torch.save(found, cache)
        self.truth = {k: v[:, :6] for k, v in found[1].items()}; self.images = {k: image(k) for k in self.truth}; self.refit = [image(k) for k in order[-STATISTICS:]]
        names = list(self.truth); self.first, self.second = names[:PHOTOS], names[PHOTOS:]
    def __call__(self, net, which):
        """-> mean AP50 over the teachers' classes, weighted by the root of their boxes: a class that occurs once says little"""
        table = {k: self.truth[k] for k in which}; truth = np.concatenate(list(table.values())); ap = ev.score(run(net, {k: self.images[k] for k in which}, self.SCALE), table, {c: c for c in range(nets.CLASSES)})['classes']
        return float(np.average(list(ap.values()), weights=[((truth[:, 4] == c) & (truth[:, 5] == 0)).sum() ** .5 for c in ap]))


# --- evolution -------------------------------------------------------------------------------------------------------------------------
class Search:
    def __init__(self, net, proxy, photos, known, write): self.net, self.proxy, self.photos, self.all, self.write, self.seen = net, proxy, photos, known, write, {key(c['genome']) for c in known}
    def score(self, g, which): return round(self.proxy(self.net.refit(*self.net.candidate(g)), which), 4)
    def evolve(self, name, budget, count, seed):
        """`count` new candidates within the budget: the parent shrunk, random ones, then children of the best."""
        rng, space = random.Random(f'{seed} {name}'), self.net.space
        for made in range(1, count + 1):
            pool = sorted((c for c in self.all if fits(c, budget)), key=lambda c: -c['proxy'])[:POPULATION]; pick = lambda: pool[min(rng.sample(range(len(pool)), min(TOURNAMENT, len(pool))))]['genome']
            for _ in range(4000):
                if made <= FRESH or len(pool) < 4:
                    g = space.random(rng) if rng.random() < .5 else {**space.parent(), 'size': space.random_size(rng)}
                    for _ in range(rng.choice((0, 2, 8))): g = space.mutate(g, rng)
                else: g = space.mutate(space.cross(pick(), pick(), rng), rng)
                found = cost(space.config_of(g))
                if key(g) not in self.seen and LEAST_SHARE <= max(shares(found, budget)) <= 1: break
            else: return
            begin = time.process_time(); c = {'genome': g, 'target': name, **found, 'proxy': self.score(g, self.photos)}; c['seconds'] = round(time.process_time() - begin, 2); self.all.append(c); self.seen.add(key(g))
            if made % 10 == 0: self.write()
            if c['proxy'] >= max((x['proxy'] for x in pool), default=0): print(f"{name} {made:3d}: {c['proxy']:.3f}  {line(c)}", flush=True)
    def choose(self, budget):
        """The best of the finalists on other photos."""
        best = sorted((c for c in self.all if fits(c, budget)), key=lambda c: -c['proxy'])[:FINALISTS]
        for c in best: c['again'] = c.get('again') or self.score(c['genome'], self.proxy.second)
        return max(best, key=lambda c: c['again'])


def front(found):
    best, out = -1, []
    for c in sorted(found, key=lambda c: (c['ms'], -c['proxy'])):
        if c['proxy'] > best: best = c['proxy']; out.append(c)
    return out


def check(net, proxy, photos, data, count, paths, limit):
    """The proxy against AP50 on voc-dev: trained checkpoints of any origin, and candidates of all sizes as the search scores them."""
    rng, rows = random.Random(SEED), []; pictures, table, names = ev.load_truth(f'{data}/voc-dev', limit); images = {p['file']: ev.Image.open(f"{data}/voc-dev/images/{p['file']}").convert('RGB') for p in pictures}
    def add(n, **facts): rows.append({**facts, 'mmac': round(nets.count(n)[0] / 1e6, 1), 'size': n.config['size'], 'proxy': round(proxy(n, photos), 4), 'ap50': ev.score(run(n, images), table, names)['ap50']}); print(rows[-1], flush=True)
    def spearman(a, b): rank = lambda v: [np.mean(np.flatnonzero(np.sort(v) == x)) for x in v]; return round(float(np.corrcoef(rank(a), rank(b))[0, 1]), 3)
    for path in paths: add(nets.load(path), file='/'.join(path.split('/')[-2:]))
    for lo, hi in zip(*(lambda e: (e, e[1:]))(np.geomspace(40, 650, count + 1))):                                # one of each size
        while True:
            g = net.space.random(rng) if rng.random() < .6 else {**net.space.parent(), 'size': net.space.random_size(rng)}
            if lo <= cost(net.space.config_of(g))['mmac'] < hi: break
        add(net.refit(*net.candidate(g)), genome=g)
    groups = {'inherited': [r for r in rows if 'genome' in r], 'trained': [r for r in rows if 'file' in r]}
    found = {n: {'count': len(r), **{f'spearman of {k}': spearman([c[k] for c in r], [c['ap50'] for c in r]) for k in ('proxy', 'mmac')}} for n, r in groups.items() if len(r) > 2}; print(found)
    return {'pictures': limit, **found, 'rows': rows}


# --- picture ---------------------------------------------------------------------------------------------------------------------------
STYLE = ('svg{color:#333;font:12px system-ui,sans-serif}text{fill:currentColor}.title{font-size:15px;font-weight:600}.strong{font-weight:700}.grid{stroke:#888;stroke-opacity:.3}.front{fill:none;stroke:currentColor;stroke-width:1.5}'
         '.t0{fill:#2a9d6f;fill-opacity:.6}.t1{fill:#5b7fd6;fill-opacity:.6}.t2{fill:#b0762f;fill-opacity:.6}.chosen{fill:none;stroke:#d9483b;stroke-width:2.5}.mark{fill:none;stroke:#d98a1f;stroke-width:2.5}@media(prefers-color-scheme:dark){svg{color:#ddd}}')


def draw(result, path):
    """Agreement against milliseconds: dots the candidates, a line their front, rings the chosen ones, squares the references."""
    points, marks, w, h, left, top, right, bottom, taken = result['candidates'], result['references'], 920, 560, 70, 64, 30, 60, []; every = [c['ms'] for c in points + marks]; lo, hi = min(every) / 1.1, max(every) * 1.25
    floor, ceiling = max(0, np.floor(10 * min(c['proxy'] for c in front(points) + marks)) / 10 - .1), np.ceil(20 * max(c['proxy'] for c in points + marks) + .4) / 20; names = list(dict.fromkeys(c['target'] for c in points))
    x, y = lambda c: left + (w - left - right) * np.log(c['ms'] / lo) / np.log(hi / lo), lambda c: h - bottom - (h - top - bottom) * (c['proxy'] - floor) / (ceiling - floor)
    text = lambda tx, ty, t, extra='': f'<text x="{tx:.1f}" y="{ty:.1f}" {extra}>{t}</text>'; ring = lambda c, kind, r, inside='': f'<circle class="{kind}" cx="{x(c):.1f}" cy="{y(c):.1f}" r="{r}">{inside}</circle>'; out = []
    for v in np.arange(floor, ceiling, .1): at = y({'proxy': v}); out += [f'<path class="grid" d="M{left} {at:.1f}H{w - right}"/>', text(left - 10, at + 4, f'{v:.1f}', 'text-anchor="end"')]
    for ms in (.5, .7, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20):
        if lo <= ms <= hi: at = x({'ms': ms}); out += [f'<path class="grid" d="M{at:.1f} {top}V{h - bottom}"/>', text(at, h - bottom + 20, f'{ms:g}', 'text-anchor="middle"')]
    out += [text(left, 26, 'Agreement with the teachers against time: weights inherited and refitted, not trained', 'class="title"'), text(left, 46, f'{len(points)} candidates; labels: input, MMAC'),
            text((left + w - right) / 2, h - 14, 'predicted ms per picture, int8, one thread of this machine (logarithmic)', 'text-anchor="middle"'),
            text(0, 0, 'agreement: mean AP50 with the teachers as truth', f'text-anchor="middle" transform="translate(20 {(top + h - bottom) / 2:.0f}) rotate(-90)"')]
    for c in points:
        if c['proxy'] >= floor: out.append(ring(c, f"t{names.index(c['target']) % 3}", 3, f"<title>{line(c)}, agreement {c['proxy']:.3f}</title>"))
    best = front(points); trace = ''.join(f'H{x(c):.1f}V{y(c):.1f}' for c in best[1:]); out.append(f'<path class="front" d="M{x(best[0]):.1f} {y(best[0]):.1f}{trace}"/>')
    def label(c, t, below, strong):                # where nothing stands yet
        size = 6.6 * len(t)
        for side, shift in ((s, d) for s in ((1, -1) if below else (-1, 1)) for d in (0, 14, 28, 42)):
            tx, ty = x(c) + (10 if side > 0 else -10 - size), y(c) + side * (shift + (16 if side > 0 else 6)); box = (tx, ty - 11, tx + size, ty + 2)
            if tx < left or box[2] > w - 4 or ty < top or ty > h - bottom - 4 or any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken): continue
            taken.append(box); out.append(text(tx, ty, t, 'class="strong"' * strong)); return
    for c in marks: out.append(f'<rect class="mark" x="{x(c) - 5:.1f}" y="{y(c) - 5:.1f}" width="10" height="10"/>'); label(c, f"{c['name']} {c['genome']['size'][0]}x{c['genome']['size'][1]}, {c['mmac']:.0f}", True, True)
    for name, c in result['chosen'].items(): out.append(ring(c, 'chosen', 8)); label(c, f"{name} {c['genome']['size'][0]}x{c['genome']['size'][1]}, {c['mmac']:.0f}", False, True)
    named = [key(c['genome']) for c in [*marks, *result['chosen'].values()]]
    for c in best[::-1]:
        if key(c['genome']) not in named: label(c, f"{c['genome']['size'][0]}x{c['genome']['size'][1]}, {c['mmac']:.0f}", False, False)
    for k, name in enumerate(names): out += [f'<circle class="t{k % 3}" cx="{w - 290 + 130 * k}" cy="42" r="5"/>', text(w - 280 + 130 * k, 46, f'{name} search')]
    open(path, 'w').write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" role="img" aria-label="Pareto front of the search"><style>{STYLE}</style>\n' + '\n'.join(out) + '\n</svg>\n')


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('source', nargs='?'); a.add_argument('--data'); a.add_argument('--out', help='checkpoints of the chosen points; the importance and the targets are kept here'); a.add_argument('--name', default='own')
    a.add_argument('--ms', type=float); a.add_argument('--mmac', type=float); a.add_argument('--mj', action='append', default=[], metavar='BOARD=MJ'); a.add_argument('--count', type=int, help='candidates per budget'); a.add_argument('--seed', type=int, default=SEED)
    a.add_argument('--like', action='append', default=[], metavar='NAME=FILE', help='checkpoints whose shape is scored beside, with inherited weights'); a.add_argument('--quick', action='store_true')
    a.add_argument('--check', nargs='+', metavar=('COUNT', 'FILE')); a.add_argument('--pictures', type=int, default=150); a.add_argument('--draw', action='store_true')
    a = a.parse_args(); torch.set_num_threads(1); torch.set_grad_enabled(False); result = json.load(open(RESULT)) if os.path.exists(RESULT) else {}
    if a.draw: draw(result, PICTURE); sys.exit()
    os.makedirs(a.out, exist_ok=True); begin = time.time(); proxy = Proxy(a.data, a.out); net = Supernet(a.source, a.data, a.out, proxy.refit); photos = proxy.first[:8] if a.quick else proxy.first; proxy.second = proxy.second[:8 if a.quick else AGAIN]
    settings = {'photos': len(photos), 'again': AGAIN, 'refit': [STATISTICS, SEEN_PIXELS, PLACES, PULL, HEAD_FLOOR], 'teachers': [*TEACHER_SIZE, SURE, DOUBT], 'seed': a.seed, 'population': POPULATION, 'tournament': TOURNAMENT,
                'supernet': os.path.basename(a.source), 'machine': latency.saved()['machine']}
    if result.get('settings') != settings: result = {'note': NOTE, 'settings': settings, 'check': None, 'chosen': {}, 'references': [], 'candidates': []}
    def write():
        result['front'] = [f"agreement {c['proxy']:.3f}  {line(c)}" for c in front(result['candidates'])]; body = ',\n'.join('  ' + json.dumps(c) for c in result['candidates'])
        if not a.quick: open(RESULT, 'w').write(json.dumps({k: v for k, v in result.items() if k != 'candidates'}, indent=1)[:-2] + f',\n "candidates": [\n{body}\n ]\n}}\n')
    if a.check: result['check'] = check(net, proxy, photos, a.data, int(a.check[0]), a.check[1:], a.pictures); write(); sys.exit()
    search = Search(net, proxy, photos, result['candidates'], write); budget = {k: v for k, v in (('ms', a.ms), ('mmac', a.mmac), ('mj', {b: float(v) for b, v in (m.split('=') for m in a.mj)})) if v}
    for name, shape in {'parent': net.net.config, **{n: nets.load(f).config for n, f in (like.split('=') for like in a.like)}}.items():
        if all(r['name'] != name for r in result['references']):
            g = net.space.nearest(shape); r = {'name': name, 'genome': g, **cost(net.space.config_of(g)), 'proxy': search.score(g, photos), 'again': search.score(g, proxy.second)}; result['references'].append(r)
            print(f"{name}: {r['proxy']:.3f}, {r['again']:.3f} on the other photos  {line(r)}", flush=True)
    for name, limits in ({a.name: budget} if budget else {'scout': TARGETS['scout']} if a.quick else TARGETS).items():
        search.evolve(name, limits, a.count or (8 if a.quick else EVALUATIONS.get(name, 150)), a.seed)
        if not any(fits(c, limits) for c in search.all): continue
        c = result['chosen'][name] = {**search.choose(limits), 'budget': limits}; net.save(c['genome'], f'{a.out}/{name}.pt', f'{os.path.basename(a.source)} by step14_search'); write()
        print(f"chosen {name}: {c['proxy']:.3f}, {c['again']:.3f} on the other photos  {line(c)}  " + ', '.join(f"{b} {v['ms']:.1f} ms {v['mJ']:.1f} mJ" for b, v in c['boards'].items()), flush=True)
    draw(result, f'{a.out}/search.svg' if a.quick else PICTURE); print(f'{len(search.all)} candidates, {time.time() - begin:.0f} s')
