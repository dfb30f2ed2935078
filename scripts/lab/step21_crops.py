"""Does an expert on at most three crops, packed into a smaller input, do for less what it does on the whole frame? Measured; nothing of the service is made here.

    python step21_crops.py SCOUT.int8.onnx EXPERT.int8.onnx --data DATA [--limit N] [--json OUT]

The expert's own int8 graph is given smaller inputs (`sized`: only the decoding knows the size). Crops lie round the candidates that the scout is unsure about,
with context, in the best of a few fixed layouts with a grey gap; what a crop cuts off does not count; inside the crops the expert's word replaces the scout's.
voc-dev tells AP50 at equal mean milliseconds of the expert (pixels are free here), and what becomes of ambiguous candidates that are there and that are not;
the car park clip (ffmpeg reads it) how often crops confirm what the whole frame does, with a frame shifted by 3 pixels as what could be hoped for.
"""
import argparse, itertools, json, os, subprocess, time
import numpy as np, onnx
from onnx import numpy_helper
from PIL import Image
import graph, step15_evaluate as evaluate

RESULT = f'{os.path.dirname(os.path.abspath(__file__))}/results/crops.json'
SIZES = ((160, 224), (192, 256), (224, 320))       # of the packed input, H x W
UNSURE = (0.3, 0.5)                                # the scout's band
THERE = 0.35                                       # the expert's
CONTEXT, GAP, MOST, MAX_SCALE = 0.8, 8, 3, 2.      # shares of the object on each side; pixels; crops; input pixels for one of the source
FITS = (0.8, 1.0)                                  # crops are used from this resolution on, as a share of the whole frame's
BUDGETS = (1, 2, 3, 5)                             # mean expert ms per picture
COVERED, CUT, GREY, SEED, EVERY = 0.85, 3, 114, 0, 8


def sized(path, height, width):
    """The int8 file with another input size: reshapes take what is left, the tables of centres and strides are made anew."""
    m = onnx.load(path); g = m.graph; const = {i.name: i for i in g.initializer}; dims = g.input[0].type.tensor_type.shape.dim
    put = lambda name, value: const[name].CopyFrom(numpy_helper.from_array(value, name))
    levels = [(-(-height // s), -(-width // s), s) for s in (8, 16, 32, 64)]; tables = [np.float32(np.concatenate(t))[None] for t in zip(*(graph.grid(*l) for l in levels))]
    for n in g.node:
        if n.op_type == 'Reshape' and len(shape := numpy_helper.to_array(const[n.input[1]])) == 3 and shape[2] > 4: put(n.input[1], np.int64([1, -1, shape[2]]))
        if n.op_type == 'Gather' and n.input[0] in const: put(n.input[0], tables[int(numpy_helper.to_array(const[n.input[0]]).min() < 0)])
    dims[1].dim_value, dims[2].dim_value = height, width; del g.value_info[:]; return m


def layouts(width, height, n):
    """Cells x, y, w, h for n crops, a gap between them"""
    at = lambda v: round(v / 8) * 8; h = GAP // 2; swap = lambda cells: [(y, x, d, w) for x, y, w, d in cells]
    if n == 1: return [[(0, 0, width, height)]]
    def columns(w, d):
        for a in (at(w / 3), at(w / 2), at(w * 2 / 3)):
            if n == 2: yield [(0, 0, a - h, d), (a + h, 0, w - a - h, d)]
            else:
                for b in (at(d / 3), at(d / 2), at(d * 2 / 3)): yield [(0, 0, a - h, d), (a + h, 0, w - a - h, b - h), (a + h, b + h, w - a - h, d - b - h)]
    return [*columns(width, height), *map(swap, columns(height, width))]


def share(box, rect):
    """of a box that lies in a rectangle, both x1, y1, x2, y2"""
    w, h = min(box[2], rect[2]) - max(box[0], rect[0]), min(box[3], rect[3]) - max(box[1], rect[1])
    return max(0, w) * max(0, h) / max(1e-9, (box[2] - box[0]) * (box[3] - box[1]))


def plan(boxes, width, height, size, whole):
    """boxes [n][4] in a frame -> resolution as a share of the whole frame's, [(from x1,y1,x2,y2, to x,y,w,h)]"""
    area = lambda r: (r[2] - r[0]) * (r[3] - r[1]); join = lambda a, b: (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    margin = [CONTEXT * max(1, area(b)) ** 0.5 for b in boxes]; best = (0,)
    groups = [(max(0, b[0] - m), max(0, b[1] - m), min(width, b[2] + m), min(height, b[3] + m)) for b, m in zip(boxes, margin)]
    while True:                                    # the cheapest pair becomes one, and the finest of all the packings on the way is taken
        for cells in layouts(size[1], size[0], len(groups)) if len(groups) <= MOST else ():
            for order in itertools.permutations(groups):
                scale = min(min(c[2] / (g[2] - g[0]), c[3] / (g[3] - g[1])) for c, g in zip(cells, order))
                if scale > best[0] * 1.02: best = (scale, cells, order)
        if len(groups) == 1: break
        a, b = min(itertools.combinations(groups, 2), key=lambda p: area(join(*p)) - area(p[0]) - area(p[1])); groups.remove(a); groups.remove(b); groups.append(join(a, b))
    crops = []
    for (x, y, w, h), g in zip(*best[1:]):         # grown until they fill their cells
        s = min(MAX_SCALE, w / (g[2] - g[0]), h / (g[3] - g[1])); cw, ch = min(width, w / s), min(height, h / s)
        left, top = min(max(0, (g[0] + g[2] - cw) / 2), width - cw), min(max(0, (g[1] + g[3] - ch) / 2), height - ch); crops.append(((left, top, left + cw, top + ch), (x, y, round(cw * s), round(ch * s))))
    return min(best[0], MAX_SCALE) / (whole[0] * whole[1] / (width * height)) ** 0.5, crops


def look(session, image, crops):
    """-> [N,6] in pixels of the frame, without what a crop cuts off"""
    _, height, width, _ = session.get_inputs()[0].shape; packed = np.full((1, height, width, 3), GREY, np.uint8); found = []
    for source, (x, y, w, h) in crops: packed[0, y:y + h, x:x + w] = np.asarray(image.resize((w, h), Image.BILINEAR, box=source))
    for *box, score, kind in session.run(['rows'], {'image': packed})[0][0].tolist():
        for f, (x, y, w, h) in crops:
            if not (x <= (box[0] + box[2]) / 2 < x + w and y <= (box[1] + box[3]) / 2 < y + h) or share(box, (x, y, x + w, y + h)) < 0.7: continue
            inner = (f[0] > CUT, f[1] > CUT, f[2] < image.width - CUT, f[3] < image.height - CUT); space = (box[0] - x, box[1] - y, x + w - box[2], y + h - box[3])
            if any(i and s < CUT for i, s in zip(inner, space)): continue
            kx, ky = (f[2] - f[0]) / w, (f[3] - f[1]) / h; b = np.clip(box, (x, y, x, y), (x + w, y + h, x + w, y + h)) - (x, y, x, y); found.append([f[0] + b[0] * kx, f[1] + b[1] * ky, f[0] + b[2] * kx, f[1] + b[3] * ky, score, kind])
    found = np.array(found).reshape(-1, 6); return evaluate.keep(found[:, :4], found[:, 4], found[:, 5])


def everything(image, size, shift=0): return [((shift, shift, image.width, image.height), (0, 0, size[1], size[0]))]
def unsure(found): return found[(found[:, 4] >= UNSURE[0]) & (found[:, 4] < UNSURE[1])]
def confirmed(c, found): return bool(len(found) and ((found[:, 5] == c[5]) & (found[:, 4] >= THERE) & (evaluate.iou_matrix(c[None, :4], found[:, :4])[0] >= 0.3)).any())


def merged(scout, expert, crops):
    rest = np.array([d for d in scout if max(share(d[:4], f) for f, _ in crops) < COVERED]).reshape(-1, 6); both = np.concatenate([rest, expert]); return evaluate.keep(both[:, :4], both[:, 4], both[:, 5])


def truth(c, boxes):
    """A candidate: True (there), False (not), None (VOC calls it difficult, or it overlaps too little to say)"""
    o = evaluate.iou_matrix(c[None, :4], boxes[:, :4])[0] * (boxes[:, 4] == c[5]) if len(boxes) else np.zeros(1); top = o.max()
    return False if top < 0.3 else True if top >= 0.5 and not boxes[o.argmax(), 5] else None


def fates(rows):
    """rows of (true, whole, crops) -> how many, and which share each of the two confirms"""
    r = np.array(rows, bool).reshape(-1, 3); part = lambda m: {'n': int(m.sum()), **({'whole': round(float(r[m, 1].mean()), 3), 'crops': round(float(r[m, 2].mean()), 3)} if m.any() else {})}
    return {'there': part(r[:, 0]), 'not there': part(~r[:, 0]), 'same': round(float((r[:, 1] == r[:, 2]).mean()), 3) if len(r) else None}


def pictures(data, limit, scout, sessions, full, ms):
    listed, table, names = evaluate.load_truth(f'{data}/voc-dev', limit); images = {p['file']: Image.open(f"{data}/voc-dev/images/{p['file']}").convert('RGB') for p in listed}; files = list(images)
    small = tuple(scout.get_inputs()[0].shape[1:3]); ap = lambda found: evaluate.score(found, table, names)['ap50']
    low = {f: look(scout, images[f], everything(images[f], small)) for f in files}; whole = {f: look(sessions[full], images[f], everything(images[f], full)) for f in files}
    order = sorted(files, key=lambda f: -float((low[f][:, 4] * (1 - low[f][:, 4]))[low[f][:, 4] > 0.05].sum())); rng = np.random.default_rng(SEED)
    def routed(better, cost):                      # the most doubtful first, as long as the money lasts
        out = {}
        for b in BUDGETS:
            found, left = dict(low), b * len(files)
            for f in order:
                if (left := left - cost[f]) < 0: break
                found[f] = better[f]
            out[f'{b} ms'] = ap(found)
        return out
    result = {'scout': ap(low), 'expert': ap(whole), 'whole': routed(whole, dict.fromkeys(files, ms[full])), 'sizes': {}}; print(result, flush=True)
    for size in SIZES:
        session, packed, fit, settled = sessions[size], {}, {}, {}
        for f in files:
            asked = unsure(low[f]); asked = asked[rng.permutation(len(asked))]
            for k in sorted({*range(1, MOST + 1), len(asked)}):                              # a few of them, for their fates; all of them, for AP50
                if not 0 < k <= len(asked): continue
                finer, crops = plan([tuple(c[:4]) for c in asked[:k]], *images[f].size, size, full); found = look(session, images[f], crops)
                if finer >= FITS[0] and k <= MOST: settled.setdefault(k, []).extend((t, confirmed(c, whole[f]), confirmed(c, found)) for c in asked[:k] if c[5] in names and (t := truth(c, table[f])) is not None)
            if len(asked): fit[f], packed[f] = finer, merged(low[f], found, crops)
        row = {'ms': ms[size], 'ap50 of the whole picture at this size': ap({f: look(session, images[f], everything(images[f], size)) for f in files}), 'crops': {}}
        for least in FITS:
            use = {f for f in files if fit.get(f, 0) >= least}; pick = lambda a, b: {f: a[f] if f in use else b[f] for f in files}
            row['crops'][f'from {least}'] = {'share': round(len(use) / len(files), 3), 'there': {'scout': ap(low), 'crops': ap(pick(packed, low)), 'whole': ap(pick(whole, low))},
                                             'crops where they fit, else whole': routed(pick(packed, whole), {f: ms[size] if f in use else ms[full] for f in files})}
        row['candidates'] = {k: fates(v) for k, v in sorted(settled.items())}; result['sizes']['x'.join(map(str, size))] = row; print(size, row, flush=True)
    return result


def carpark(data, limit, scout, sessions, full):
    width, height = 320, 240; small = tuple(scout.get_inputs()[0].shape[1:3]); out, rng = {}, np.random.default_rng(SEED)
    raw = subprocess.run(['ffmpeg', '-v', 'error', '-i', f'{data}/clips/carpark-320x240.mjpeg', '-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'], capture_output=True, check=True).stdout
    for pixels in np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)[::EVERY][:limit]:
        image = Image.fromarray(pixels); asked = unsure(look(scout, image, everything(image, small))); asked = asked[rng.permutation(len(asked))]; whole = look(sessions[full], image, everything(image, full))
        add = lambda name, some, found: out.setdefault(name, []).extend(confirmed(c, found) for c in some if confirmed(c, whole))
        add('whole frame shifted by 3', asked, look(sessions[full], image, everything(image, full, 3)))
        for size in (*SIZES, full):
            for k in sorted({1, 2, 3, len(asked)}):
                if 0 < k <= len(asked): add(f"{'x'.join(map(str, size))}, {k if k <= MOST else 'all'} asked", asked[:k], look(sessions[size], image, plan([tuple(c[:4]) for c in asked[:k]], width, height, size, full)[1]))
    return {k: {'n': len(v), 'confirmed too': round(float(np.mean(v)), 3)} for k, v in out.items()}


def race(sessions, rounds=80):
    """-> ms of each, in turn; others use the machine too, so the 5 % quantile"""
    spent = {k: [] for k in sessions}
    for _ in range(rounds):
        for k, s in sessions.items(): start = time.perf_counter(); s.run(None, {'image': np.full(s.get_inputs()[0].shape, GREY, np.uint8)}); spent[k].append(time.perf_counter() - start)
    return {k: round(float(np.percentile(v, 5)) * 1e3, 2) for k, v in spent.items()}


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('scout'); a.add_argument('expert'); a.add_argument('--data', required=True); a.add_argument('--limit', type=int, help='pictures, and frames'); a.add_argument('--json', default=RESULT); a = a.parse_args()
    scout, expert = graph.session(a.scout), graph.session(a.expert); full = tuple(expert.get_inputs()[0].shape[1:3]); sessions = {full: expert, **{s: graph.session(sized(a.expert, *s)) for s in SIZES}}
    assert np.array_equal(*(s.run(None, {'image': np.tile(np.arange(full[1], dtype=np.uint8)[:, None], (1, full[0], 1, 3))})[0] for s in (expert, graph.session(sized(a.expert, *full)))))      # at its own size nothing changes
    ms = race(sessions); print(ms, flush=True); facts = {'unsure': UNSURE, 'there': THERE, 'context': CONTEXT, 'gap': GAP, 'most': MOST, 'maxScale': MAX_SCALE, 'seed': SEED, 'pictures': a.limit or 600, 'every': EVERY, 'ms': {'x'.join(map(str, k)): v for k, v in ms.items()}}
    result = {'settings': facts, 'voc-dev': pictures(a.data, a.limit, scout, sessions, full, ms), 'car park': carpark(a.data, a.limit, scout, sessions, full)}; print(json.dumps(result['car park'])); json.dump(result, open(a.json, 'w'), indent=1)
