"""Structural pruning: whole channels leave, the rest keeps its weights, and a smaller dense network comes out that any runtime serves.

    python step04_prune.py IN.pt OUT.pt --data DATA --mmac 108 --size 224x320 --width 64 --tower 1 --levels 3 [--rule taylor|scale|random] [--views 96]
    python step04_prune.py EXPERT.pt BEST.pt --data DATA --mmac 108 --size 160x224 --width 80 --last 288 --double --compare [--quick]    # all three rules -> results/prune.json, 8 minutes

taylor  first-order importance of a channel, (scale * its gradient + shift * its gradient)^2 summed over batches of the distillation loss
        (Molchanov et al. 2019, the gates being the batch norms)
scale   |scale| of its batch norm (network slimming, Liu et al. 2017)
random  the floor that a rule has to beat
Pruned are the expansions of the inverted residuals, by importance per multiplication; the width of the neck; whole convolutions of the towers.
Channel counts stay multiples of STEP, which is what the runtime's kernels work in. Afterwards the statistics are measured anew; training
(step02_train.py, norms thawed) does the rest.
`tune` is the short fine-tune with which steps 05 and 11 also compare: the same LESSONS for all, labelled once by one teacher, the float expert at twice the student's size.
"""
import argparse, copy, hashlib, json, os, tempfile, time
import torch
import nets, views
import step01_start as start, step02_train as train

STEP, LEAST, SHARE = 8, 16, 0.3                   # channels; no expansion falls under this share of what it was
BATCH = 8
TUNE_STEPS, TUNE_LR, TUNE_WARM, TUNE_PHOTOS, SEED = 120, 1e-3, 10, 1000, 0         # of the comparison: too few steps for final figures, enough to rank
RESULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'results')


def importance(net, data, double, count, rule, seed=0):
    """{Conv: [channels]}"""
    convs = [m for m in net.modules() if isinstance(m, nets.Conv)]
    if rule == 'random': g = torch.Generator().manual_seed(seed); return {m: torch.rand(m.bn.num_features, generator=g) for m in convs}
    if rule == 'scale': return {m: (m.bn.weight * (m.conv.weight.flatten(1).norm(dim=1) if m.frozen else 1)).abs().detach() for m in convs}
    torch.manual_seed(seed); imgs, sizes = views.load_photos(f'{data}/train/photos-00.npz', 600); teach = train.Teachers(data, 'cpu', False)
    total = {m: torch.zeros(m.bn.num_features) for m in convs}; size = tuple(net.config['size']); at = tuple(v * 2 for v in size) if double else size
    nets.freeze(net.eval())
    from tqdm import tqdm
    for _ in tqdm(range(count // BATCH)):
        clean = views.batch(imgs, sizes, BATCH, *at); q, sides, _ = teach(clean, double)
        x = torch.nn.functional.avg_pool2d(clean, 2) if double else clean
        maps = net(x)[:3] if double else net(x)
        cls, box = train.loss_of(maps, q, sides); net.zero_grad(); (cls + train.BOX * box).backward()
        for m in convs:
            if m.bn.weight.grad is not None: total[m] += (m.bn.weight * m.bn.weight.grad + m.bn.bias * m.bn.bias.grad).detach() ** 2
    return total


def rows(conv, keep, first=None):
    """The norm and the filters of the kept output channels."""
    conv.conv.weight.data = conv.conv.weight.data[keep]; conv.conv.out_channels = len(keep)
    if conv.conv.groups > 1: conv.conv.groups = conv.conv.in_channels = len(keep)
    b = conv.bn; b.num_features = len(keep)
    for k in ('weight', 'bias', 'running_mean', 'running_var'): getattr(b, k).data = getattr(b, k).data[keep]


def columns(conv, keep):
    c = conv.conv if isinstance(conv, nets.Conv) else conv
    c.weight.data = c.weight.data[:, keep]; c.in_channels = len(keep)


def expansions(net):
    """Inverted residuals with an expansion, with their place in the block table."""
    for s, stage in enumerate(net.stages):
        blocks = [m for m in stage if isinstance(m, nets.Inverted)]
        for k, m in enumerate(blocks):
            if isinstance(m.expand, nets.Conv): yield m, net.config['backbone']['stages'][s], k


def narrow(net, width, score):
    """The neck and the heads to their `width` best channels: they are added to one another, so they share one choice."""
    neck = [*net.lateral, *[m for part in (net.down_path, net.shrink, net.up_path, *([[net.extra]] if net.extra is not None else []), *net.tower) for s in part for m in s]]
    total = sum(score[m] / score[m].sum().clamp(min=1e-12) for m in neck); keep = total.topk(width).indices.sort().values
    for m in neck:
        if m.conv.groups == 1 and m not in list(net.lateral): columns(m, keep)
        rows(m, keep)
    for o in net.out: columns(o, keep)
    net.config['width'] = width


def prune(net, score, mmac, width, tower, levels):
    net.config.update(levels=levels, tower=tower); net.tower = net.tower[:levels]; net.out = net.out[:levels]
    if levels == 3: net.extra = None
    for t in net.tower: del t[tower:]
    narrow(net, width, score)
    blocks = list(expansions(net)); h, w = net.config['size']; budget = mmac * 1e6
    stay = {m: torch.ones(m.expand.bn.num_features, dtype=torch.bool) for m, _, _ in blocks}
    total = nets.count(net)[0]; price, value = {}, {}
    probe = {}; hooks = [m.depth.register_forward_hook(lambda mod, i, o, m=m: probe.__setitem__(m, (i[0].shape[2] * i[0].shape[3], o.shape[2] * o.shape[3]))) for m, _, _ in blocks]
    with torch.no_grad(): net.eval()(torch.zeros(1, 3, h, w))
    for k in hooks: k.remove()
    for m, _, _ in blocks:
        before, after = probe[m]; k = m.depth.conv.kernel_size[0]
        price[m] = before * m.expand.conv.in_channels + after * (k * k + m.project.conv.out_channels); value[m] = (score[m.expand] + score[m.depth]) / price[m]
    while total > budget:                          # STEP channels at a time, always where the importance lost per multiplication is least
        best = None
        for m in stay:
            left = stay[m].nonzero().flatten()
            if len(left) - STEP < max(LEAST, SHARE * len(stay[m])): continue
            low = left[value[m][left].topk(STEP, largest=False).indices]; loss = value[m][low].sum()
            if best is None or loss < best[0]: best = (loss, m, low)
        if best is None: raise SystemExit(f'{mmac} MMAC cannot be reached: {total / 1e6:.0f} are left')
        stay[best[1]][best[2]] = False; total -= STEP * price[best[1]]
    for m, table, k in blocks:
        keep = stay[m].nonzero().flatten(); rows(m.expand, keep); rows(m.depth, keep); columns(m.project, keep); row = list(table[k]); row[2] = len(keep)
        if row[4]: columns(m.se.a, keep); m.se.b.weight.data = m.se.b.weight.data[keep]; m.se.b.bias.data = m.se.b.bias.data[keep]; m.se.b.out_channels = len(keep)
        table[k] = tuple(row)
    fresh = nets.Detector(net.config); fresh.load_state_dict(net.state_dict()); return fresh


def last_to(net, channels, score):
    """The last 1x1 convolution of the backbone to its best channels."""
    conv = net.stages[2][-1]; keep = score[conv].topk(channels).indices.sort().values; rows(conv, keep); columns(net.lateral[2], keep)
    net.config['backbone']['last'] = (channels, net.config['backbone']['last'][1])


# --- comparisons with a short fine-tune -----------------------------------------------------------------------------
def lessons(data, teacher, size, steps, seed=SEED, photos=TUNE_PHOTOS):
    """`steps` batches of BATCH views at `size`, uint8, with the class probabilities and box-side log probabilities of `teacher` (a checkpoint with four levels) at twice
    that size; kept in the temporary folder, so that every comparison learns from the same ones."""
    from tqdm import tqdm
    key = hashlib.sha1(repr((os.path.abspath(teacher), os.path.getsize(teacher), tuple(size), steps, seed, photos, BATCH)).encode()).hexdigest()[:12]; path = f'{tempfile.gettempdir()}/squint-lessons-{key}.pt'
    if os.path.exists(path): return torch.load(path, weights_only=True)
    torch.manual_seed(seed); imgs, sizes = views.load_photos(f'{data}/train/photos-00.npz', photos); net = nets.freeze(nets.load(teacher).eval()); made = []
    for _ in tqdm(range(steps), desc='lessons'):
        clean = views.batch(imgs, sizes, BATCH, *(2 * v for v in size)); poor = views.degrade(clean)
        with torch.no_grad(): maps = net(clean)[1:4]           # strides 16, 32, 64 fall on the student's 8, 16, 32
        flat = torch.cat([m.flatten(2) for m in maps], 2).transpose(1, 2)
        made.append((torch.nn.functional.avg_pool2d(poor, 2).round().to(torch.uint8), flat[..., :80].sigmoid().half(), flat[..., 80:].unflatten(2, (4, 8)).log_softmax(3).half()))
    torch.save(made, path + '.tmp'); os.replace(path + '.tmp', path); return made


def tune(net, made, lr=TUNE_LR, seed=SEED, frozen=False):
    """A copy of `net` after one pass over the lessons (norms of the backbone thawed unless `frozen`), averaged weights. -> net, mean class and box loss of the last tenth"""
    import math
    from tqdm import tqdm
    torch.manual_seed(seed); net = nets.freeze(copy.deepcopy(net), False); s = train.Student('tuned', net, True, 'cpu', lr, thaw=not frozen); log = []
    for k, (x, q, sides) in enumerate(tqdm(made, desc='tune', mininterval=5)):
        log.append(s.learn(x.float(), (q.float(), sides.float(), None), min(1., (k + 1) / TUNE_WARM) * (.5 * (1 + math.cos(math.pi * k / len(made))) * .99 + .01), 0.))
    own = net.state_dict(); net.load_state_dict({k: s.ema[k].to(v.dtype) if v.is_floating_point() else v for k, v in own.items()})
    return net.eval(), [round(v, 4) for v in torch.stack(log[-max(1, len(log) // 10):]).mean(0)[:2].tolist()]


def ap50(net, data, limit=None):
    """Of the float network on voc-dev, exported and run as the service would."""
    import step06_export as export, step15_evaluate as evaluate
    pictures, table, names = evaluate.load_truth(f'{data}/voc-dev', limit)
    with tempfile.TemporaryDirectory() as scratch:
        export.export(copy.deepcopy(net), f'{scratch}/net.onnx'); return evaluate.score(evaluate.run_model(f'{scratch}/net.onnx', f'{data}/voc-dev', pictures), table, names)['ap50']


def smaller(a, rule):
    """`a.source` cut by `rule`"""
    from step07_quantise import photos
    net = nets.load(a.source); net.config = copy.deepcopy(net.config)
    if a.size: net.config['size'] = [int(v) for v in a.size.split('x')]
    score = importance(net, a.data, a.double, a.views, rule, a.seed)
    last_to(net, a.last, score); small = prune(net, score, a.mmac, a.width, a.tower, a.levels)
    x = torch.cat([torch.from_numpy(p.copy()) for p in photos(f'{a.data}/train/photos-00.npz', 48, tuple(small.config['size']), 3)]).permute(0, 3, 1, 2).float()
    start.measure(small, x); return small


def compare(a):
    torch.set_num_threads(a.threads); rows, best = {}, None
    made = lessons(a.data, a.source, [int(v) for v in a.size.split('x')], a.steps, a.seed)
    for rule in ('taylor', 'scale', 'random'):
        began = time.time(); small = smaller(a, rule); m, p = nets.count(small); before = ap50(small, a.data, a.limit); tuned, loss = tune(small, made, a.lr, a.seed); after = ap50(tuned, a.data, a.limit)
        rows[rule] = {'mmac': round(m / 1e6, 1), 'parameters': p, 'ap50': before, 'ap50Tuned': after, 'loss': loss, 'expansions': [[row[2] for row in stage] for stage in small.config['backbone']['stages']], 'seconds': round(time.time() - began)}
        print(rule, rows[rule], flush=True); best = max(best or (-1,), (after, rule, tuned), key=lambda v: v[0])
    nets.save(best[2], a.out, origin=f'{os.path.basename(a.source)} pruned by {best[1]}, {a.steps} steps')
    facts = {'source': os.path.basename(a.source), 'teacher': 'the source, at twice the size', 'size': a.size, 'mmac': a.mmac, 'width': a.width, 'tower': a.tower, 'last': a.last, 'levels': a.levels, 'views': a.views, 'steps': a.steps,
             'batch': BATCH, 'lr': a.lr, 'seed': a.seed, 'photos': TUNE_PHOTOS, 'pictures': a.limit, 'threads': a.threads}
    json.dump({'settings': facts, 'rules': rows}, open(a.json, 'w'), indent=1)


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('source'); a.add_argument('out'); a.add_argument('--data', required=True); a.add_argument('--mmac', type=float, required=True); a.add_argument('--size'); a.add_argument('--width', type=int, default=64); a.add_argument('--tower', type=int, default=1)
    a.add_argument('--levels', type=int, default=3); a.add_argument('--last', type=int, default=160); a.add_argument('--rule', choices=['taylor', 'scale', 'random'], default='taylor'); a.add_argument('--views', type=int, default=96); a.add_argument('--double', action='store_true')
    a.add_argument('--compare', action='store_true'); a.add_argument('--steps', type=int, default=TUNE_STEPS); a.add_argument('--lr', type=float, default=TUNE_LR); a.add_argument('--limit', type=int, default=300); a.add_argument('--seed', type=int, default=SEED)
    a.add_argument('--threads', type=int, default=1); a.add_argument('--quick', action='store_true', help='2 steps, 8 views, 20 pictures'); a.add_argument('--json', default=f'{RESULTS}/prune.json')
    a = a.parse_args()
    if a.quick: a.steps, a.views, a.limit = 2, 8, 20
    if a.compare: compare(a); raise SystemExit
    small = smaller(a, a.rule)
    nets.save(small, a.out, origin=f'{os.path.basename(a.source)} pruned by {a.rule}'); m, p = nets.count(small)
    print(f'{a.out}: {m / 1e6:.1f} MMAC, {p / 1e6:.2f} M parameters'); [print('  ', stage) for stage in small.config['backbone']['stages']]
