"""Distils the teachers into one or several students at once, without labels: every view is made once, the teachers label it, the students learn it.

    python step02_train.py --data DATA --out OUT --seconds 600 expert=start-mobilenetv3-large.pt ghost=start-ghostnet.pt
    python step02_train.py --data DATA --out OUT --steps 5 --batch 2 --limit 64 ...                     # a taste, on a CPU

Students are checkpoints of nets.py (NAME=FILE, @0.001: its own learning rate, *0.3: it stops, schedule and all, after that share of the run; NAME=FILE:double puts the teachers at twice the student's resolution, so that their strides
16, 32, 64 fall on the student's 8, 16, 32). What is learnt: the fused class probabilities of the teachers (teachers.fuse) with the quality focal
loss, PicoDet's box-side distributions with a Kullback-Leibler term, PicoDet's last features as a hint by correlation (PKD, Cao et al. 2022).
Adapted from "patient and consistent" distillation (Beyer et al. 2022): many steps, no labels, the same view for all.
A run that was stopped goes on from OUT/state with --resume; the settings lie beside the weights in OUT/train.json.
"""
import argparse, json, math, os, sys, time
import torch, torch.nn as nn, torch.nn.functional as F
import nets, teachers, views

LR, BACKBONE_LR = 2e-3, 0.25                       # of new layers; pretrained ones take this share
WEIGHT_DECAY, CLIP, WARM_STEPS, EMA = 0.02, 10., 150, 0.998
BOX, HINT = 0.5, 0.5                               # weights beside the class loss
FUSION = (0.5, 0.5)                                # PicoDet-S, NanoDet-Plus-m: AP50 0.741 and 0.768 alone, 0.778 fused (320x448, 300 pictures)
REPEAT, REPEAT_MAX = 0.08, 5.                      # photos of classes rarer than this share are drawn more often (repeat factors, Gupta et al. 2019)
CAMERA_CLASSES = [0, 1, 2, 3, 5, 7]                # scout-person: person, bicycle, car, motorcycle, bus, truck


class Teachers:
    """Targets for a batch at one size: class probabilities [B,N,80], box-side log probabilities [B,N,4,8], features [B,96,h,w] per level."""
    def __init__(self, data, dev, half):
        path = f'{data}/peers/picodet_s_416_coco.onnx'; heads = teachers.head_convolutions(path)
        import onnx
        made = {o: n for n in onnx.load(path).graph.node for o in n.output}
        self.pico = teachers.PicoDet(data, heads + [made[h].input[0] for h in heads]).to(dev).eval(); self.nano = teachers.NanoDetPlus(data).to(dev).eval()
        self.half = half
        for t in (self.pico, self.nano): t.to(memory_format=torch.channels_last); half and t.half()
    @torch.no_grad()
    def __call__(self, x, double):
        if self.half: x = x.half()
        x = x.contiguous(memory_format=torch.channels_last); out = self.pico(x); maps, features = out[:4], out[4:]
        first = 8
        ns, nb = teachers.cells(self.nano(x), 0.)
        if double: maps, features, first = maps[1:], features[1:], 16
        scores, boxes = teachers.cells(maps, 0.5, first); q = teachers.fuse(scores, boxes, [(ns, nb)], FUSION)
        sides = torch.cat([m[:, 80:].flatten(2) for m in maps], 2).transpose(1, 2).float(); return q, sides.unflatten(2, (4, 8)).log_softmax(3), features


def loss_of(maps, q, sides):
    """Quality focal loss (Li et al. 2020) less its own minimum, and KL of the distributions where the teachers see something."""
    flat = torch.cat([m.flatten(2) for m in maps], 2).transpose(1, 2).float(); logits = flat[..., :80]; p = logits.sigmoid()
    bce = F.binary_cross_entropy_with_logits(logits, q, reduction='none') + torch.special.xlogy(q, q) + torch.special.xlogy(1 - q, 1 - q)
    top = q.amax(2); seen = (top * (top > .2)).sum().clamp(min=1.)
    cls = (bce.clamp(min=0) * (p.detach() - q).abs() * 4).sum() / seen
    w = torch.where(top > .05, top, torch.zeros_like(top)); mine = flat[..., 80:].unflatten(2, (4, 8)).log_softmax(3)
    return cls, ((sides.exp() * (sides - mine)).sum((2, 3)) * w).sum() / w.sum().clamp(min=1.)


def hint(mine, theirs):
    """1 - correlation, per channel over the batch and the map, mean over levels."""
    z = lambda f: (lambda v: (v - v.mean((0, 2, 3), keepdim=True)) / (v.std((0, 2, 3), keepdim=True) + 1e-4))(f.float())
    return sum(F.mse_loss(z(a), z(b)) / 2 for a, b in zip(mine, theirs)) / len(mine)


def repeat_factors(teach, imgs, sizes, seen=0.4):
    """How often each photo is to be drawn, by what the teachers see on it: sqrt(REPEAT / share of the photos) of its rarest class."""
    found = []
    for i, s in zip(imgs.split(64), sizes.split(64)):
        x = torch.stack([F.interpolate(p[None, :, :int(h), :int(w)].float(), size=(320, 448), mode='bilinear', antialias=True)[0] for p, (w, h) in zip(i, s.tolist())])
        found.append(teach(x, False)[0].amax(1) > seen)
    found = torch.cat(found).float(); share = found.mean(0).clamp(min=1e-6); return (found * (REPEAT / share).sqrt()).amax(1).clamp(1., REPEAT_MAX)


class Student:
    def __init__(self, name, path, double, dev, lr=LR, thaw=False, share=1.):
        self.name, self.double, self.dev, self.share = name, double, dev, share; self.net = nets.load(path) if isinstance(path, str) else path
        net = self.net.to(dev).to(memory_format=torch.channels_last).train()
        if not thaw: nets.freeze(net.stages)
        self.adapt = nn.ModuleList([nn.Conv2d(net.config['width'], 96, 1) for t in net.tower]).to(dev)
        groups = {}
        for k, p in [*net.named_parameters(), *self.adapt.named_parameters()]:
            share = BACKBONE_LR if k.startswith('stages') and not thaw else 1.
            groups.setdefault((share, WEIGHT_DECAY if p.ndim > 1 else 0.), []).append(p)
        self.opt = torch.optim.AdamW([{'params': v, 'lr': lr * s, 'peak': lr * s, 'weight_decay': d} for (s, d), v in groups.items()], fused=dev == 'cuda')
        self.ema = {k: v.detach().clone().float() for k, v in net.state_dict().items()}; self.steps = 0
    def learn(self, x, target, factor, hints):
        q, sides, features = target
        with torch.autocast(self.dev, torch.bfloat16, enabled=self.dev == 'cuda'):
            f = self.net.towers(x.contiguous(memory_format=torch.channels_last)); maps = [o(v) for o, v in zip(self.net.out, f)]
            h = hint([a(v) for a, v in zip(self.adapt, f)], features) if hints else maps[0].new_zeros(())
        cls, box = loss_of(maps, q, sides); loss = cls + BOX * box + HINT * hints * h
        for g in self.opt.param_groups: g['lr'] = g['peak'] * factor
        self.opt.zero_grad(set_to_none=True); loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), CLIP); self.opt.step(); self.steps += 1
        d = min(EMA, (self.steps + 1) / (self.steps + 20))
        with torch.no_grad():
            now = self.net.state_dict(); keys = [k for k in now if now[k].is_floating_point()]
            torch._foreach_lerp_([self.ema[k] for k in keys], [now[k].float() for k in keys], 1 - d)
        return torch.stack([cls.detach(), box.detach(), h.detach().float()])
    def save(self, folder, **facts):
        own = {k: v.clone() for k, v in self.net.state_dict().items()}
        self.net.load_state_dict({k: self.ema[k].to(v.dtype) if v.is_floating_point() else v for k, v in own.items()}); nets.save(self.net, f'{folder}/{self.name}.pt', **facts)
        self.net.load_state_dict(own)


def focus(q, classes):
    """Only these classes: the others are background."""
    m = torch.zeros(q.shape[-1], device=q.device); m[classes] = 1; return q * m


def train(students, data, out, seconds=None, steps=None, batch=96, limit=None, lr=LR, seed=0, resume=False, only=(), quiet=False):
    """Until `seconds` or `steps` are over; cosine schedule over the same measure. students: [Student]."""
    from tqdm import tqdm
    dev = students[0].dev; cuda = dev == 'cuda'; torch.manual_seed(seed); os.makedirs(out, exist_ok=True)
    began = time.time(); imgs, sizes = views.load_photos(f'{data}/train/photos-00.npz', limit); imgs, sizes = imgs.to(dev), sizes.to(dev); teach = Teachers(data, dev, cuda)
    master = max((tuple(v * 2 for v in s.net.config['size']) if s.double else tuple(s.net.config['size'])) for s in students)
    print(f'{len(imgs)} photos in {time.time() - began:.0f} s; views {batch} x {master}', flush=True)
    often = repeat_factors(teach, imgs, sizes); print(f'repeat factors: mean {often.mean():.2f}, {int((often > 1).sum())} photos above 1', flush=True)
    step, used, log = 0, 0., {}
    if resume and os.path.exists(f'{out}/state/run.pt'):
        z = torch.load(f'{out}/state/run.pt', map_location=dev, weights_only=True); step, used = z['step'], z['used']
        for s in students: r = z['students'][s.name]; s.net.load_state_dict(r['net']); s.adapt.load_state_dict(r['adapt']); s.opt.load_state_dict(r['opt']); s.ema, s.steps = r['ema'], r['steps']
        print(f'goes on from step {step}', flush=True)
    start = time.time() - used; bar = tqdm(total=steps or round(seconds), mininterval=0.5 if sys.stderr.isatty() else 15, disable=quiet); saved = time.time()
    while True:
        done = step / steps if steps else (time.time() - start) / seconds
        if done >= 1: break
        clean = views.batch(imgs, sizes, batch, *master, often); poor = views.degrade(clean); targets = {}
        for s in students:
            if (mine := done / s.share) >= 1: continue
            factor = min(1., (step + 1) / WARM_STEPS) * (.5 * (1 + math.cos(math.pi * mine)) * .99 + .01)
            size = tuple(s.net.config['size']); at = tuple(v * 2 for v in size) if s.double else size
            to = lambda x, size: x if x.shape[2:] == size else F.interpolate(x, size=size, mode='bilinear', antialias=True)
            if (at, s.double) not in targets: targets[at, s.double] = teach(to(clean, at), s.double)
            q, sides, f = targets[at, s.double]
            x = F.avg_pool2d(poor, 2) if s.double and at == master else to(poor, size)
            log[s.name] = s.learn(x.round(), (focus(q, CAMERA_CLASSES) if s.name in only else q, sides, f), factor, max(0., 1 - mine * 1.25))
        step += 1; bar.update(1 if steps else max(0, min(round(time.time() - start), round(seconds)) - bar.n))
        if step == 4 and seconds and not resume:                                     # plans and kernels are built in the first steps: the schedule begins now
            cuda and torch.cuda.synchronize(); print(f'first steps took {time.time() - start:.0f} s', flush=True); start = time.time() - used; start = time.time() - used
        if step % 100 == 0 or step == 10:
            bar.set_postfix_str(' '.join(f'{k} {v.tolist()[0]:.3f}/{v.tolist()[1]:.3f}/{v.tolist()[2]:.2f}' for k, v in log.items())); print(f'\n{time.time() - start:.0f} s step {step} {step * batch} views done {done:.3f}', {k: [round(a, 3) for a in v.tolist()] for k, v in log.items()}, flush=True)
        if time.time() - saved > 120 and not quiet:
            saved = time.time(); [s.save(out) for s in students]; os.makedirs(f'{out}/state', exist_ok=True)
            torch.save({'step': step, 'used': saved - start, 'students': {s.name: {'net': s.net.state_dict(), 'adapt': s.adapt.state_dict(), 'opt': s.opt.state_dict(), 'ema': s.ema, 'steps': s.steps} for s in students}}, f'{out}/state/run.tmp'); os.replace(f'{out}/state/run.tmp', f'{out}/state/run.pt')
    bar.close()
    facts = {'steps': step, 'views': step * batch, 'seconds': round(time.time() - start), 'lr': lr, 'batch': batch, 'seed': seed, 'photos': len(imgs), 'teachers': 'PicoDet-S 416 + NanoDet-Plus-m', 'fusion': list(FUSION),
             'box': BOX, 'hint': HINT, 'ema': EMA, 'degraded': views.DEGRADED, 'device': torch.cuda.get_device_name() if cuda else 'cpu', 'loss': {k: [round(a, 4) for a in v.tolist()] for k, v in log.items()}}
    for s in students: s.save(out)
    json.dump(facts, open(f'{out}/train.json', 'w'), indent=1); print(json.dumps(facts), flush=True)


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('students', nargs='+'); a.add_argument('--data', required=True); a.add_argument('--out', required=True); a.add_argument('--seconds', type=float); a.add_argument('--steps', type=int)
    a.add_argument('--batch', type=int, default=96); a.add_argument('--limit', type=int); a.add_argument('--lr', type=float, default=LR); a.add_argument('--seed', type=int, default=0)
    a.add_argument('--resume', action='store_true'); a.add_argument('--thaw', default='', help='students whose backbone norms learn their statistics'); a.add_argument('--only', default='', help='students that learn CAMERA_CLASSES alone')
    a = a.parse_args(); dev = 'cuda' if torch.cuda.is_available() else 'cpu'; assert a.seconds or a.steps, '--seconds or --steps'
    if dev == 'cuda': torch.backends.cudnn.benchmark = False; torch.set_float32_matmul_precision('high')
    ss = []
    for s in a.students:
        name, path = s.split('='); path, _, share = path.partition('*'); path, _, own = path.partition('@'); double = path.endswith(':double'); ss.append(Student(name, path.removesuffix(':double'), double, dev, float(own or a.lr), name in a.thaw.split(','), float(share or 1)))
    train(ss, a.data, a.out, a.seconds, a.steps, a.batch, a.limit, a.lr, a.seed, a.resume, a.only.split(','))
