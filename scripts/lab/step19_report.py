"""Draws and writes what was measured: models/README.md, models/accuracy.svg and a card per model. Nothing here is typed but the sentences.

    python step19_report.py
"""
import json, os
import step12_energy as energy
from step18_zoo import HERE, MODELS, result

MODELS_DIR = f'{HERE}/../../models'
PEERS = {'yolox-nano-416': 'YOLOX-Nano 416', 'picodet-s-416': 'PicoDet-S 416', 'picodet-s-320': 'PicoDet-S 320', 'nanodet-m-416': 'NanoDet-m 416', 'nanodet-m-320': 'NanoDet-m 320', 'fastestdet-352': 'FastestDet 352'}
LEFT = ('YOLOX-Nano 416',)                         # names that go to the left of their point
BOARDS = ('Raspberry Pi 4', 'Raspberry Pi 5', 'Jetson Orin Nano')
WHAT = {
    'scout-mobilenetv3': 'looks at every frame that changed',
    'scout-person': 'a cheaper scout that knows people and vehicles only',
    'expert-mobilenetv3': 'looks where the scout is not sure; the default expert',
    'expert-ghostnet': 'the GhostNet expert',
}
NETWORK = {
    'scout-mobilenetv3': 'The expert below at 160x224, its expansions pruned by first-order importance (`step04_prune.py --rule taylor --mmac 109 --size 160x224 --width 80 --tower 1 --last 288 --levels 3 --double`), three levels, one separable convolution per head.',
    'scout-person': 'As scout-mobilenetv3, pruned further (`--mmac 80 --width 64 --last 192`), trained for six classes only; the others are never reported.',
    'expert-mobilenetv3': 'MobileNetV3-Large, width about 0.75, squeeze-excite and hard-swish as published; two-way neck of width 96 with nearest upsampling; four levels, two separable convolutions per head, 80 class logits and 4 x 8 box-side logits per cell.',
    'expert-ghostnet': 'GhostNet 1.0 with h-sigmoid squeeze-excite, ReLU; the same neck and heads as expert-mobilenetv3.',
}
RECIPE = {
    'scout-mobilenetv3': '277,000 views in 390 s on one H100 (`step02_train.py --seconds 390 --batch 96 scout=scout.pt:double --thaw scout`), teachers at twice its resolution; then 120 steps of 8 views of quantise-aware training on a CPU (`step08_qat.py --stem 3`).',
    'scout-person': 'The same run (`--only person`); then 80 steps of quantise-aware training.',
    'expert-mobilenetv3': 'The COCO-trained backbone (npm @vladmandic/human) with new neck and heads: 250,000 views in 455 s and, rare classes drawn more often, about 114,000 more in 415 s on one H100, where the time limit ended the run (`--batch 72 expert=expert.pt@0.0012`); then 110 steps of 6 views of quantise-aware training on a CPU.',
    'expert-ghostnet': '1.23 M views of 14 k photos with NanoDet-Plus-m as teacher in an earlier life, then 250,000 views of 3,485 photos with both teachers in 455 s on one H100 (thawed norms). It has not converged: its loss was still falling.',
}
FAILS = {
    'scout-mobilenetv3': 'Small things: at 160x224 a person under 15 % of the picture height is a handful of pixels. Potted plants, chairs and birds are mostly left to the expert.',
    'scout-person': 'Everything that is not a person or a road vehicle is background to it. It is no better on those than scout-mobilenetv3 (person 0.643 against 0.660), only smaller and faster: choose it where milliwatts matter more than the rest of the classes.',
    'expert-mobilenetv3': 'Potted plants, chairs, bottles; crowds (100 rows before NMS); views from straight above, which its teachers do not know either.',
    'expert-ghostnet': 'As the MobileNetV3 expert and more so: birds, bottles, chairs.',
}


def load(path): return json.load(open(f'{HERE}/results/{path}')) if os.path.exists(f'{HERE}/results/{path}') else None


def figures(zoo, times):
    """Rows of the table: name, label, kind, AP50, AP50:95, person, car, ms, bytes, MMAC"""
    rows = []
    for e in zoo['models']:
        for kind in ('int8', 'float'):
            r = result(e['name'] + ('' if kind == 'int8' else '-float')); t = times['models'].get(f"{e['name']}.{kind}")
            if r and t: rows.append(dict(name=e['name'], kind=kind, ours=True, ap50=r['ap50'], ap=r['ap'], person=r['classes']['person'], car=r['classes']['car'], ms=t['median'], p10=t['p10'], p90=t['p90'], bytes=t.get('bytes') or (e['bytes'] if kind == 'int8' else None), macs=e['macs'] / 1e6))
    macs = {'yolox-nano-416': 523, 'picodet-s-416': 593, 'picodet-s-320': 351, 'nanodet-m-416': 578, 'nanodet-m-320': 342, 'fastestdet-352': 122}      # convolutions, ../shared/research/peers.md
    for key, label in PEERS.items():
        r, t = result('peer-' + key), times['models'].get(f'{key}.float')
        if r and t: rows.append(dict(name=label, kind='float', ours=False, ap50=r['ap50'], ap=r['ap'], person=r['classes']['person'], car=r['classes']['car'], ms=t['median'], p10=t['p10'], p90=t['p90'], bytes=t.get('bytes'), macs=macs[key]))
    return rows


def svg(rows):
    """Accuracy over time; filled: ours in int8, ring: ours in float, square: peers in float."""
    w, h, left, bottom, top = 760, 430, 60, 50, 20; most = max(r['ms'] for r in rows) * 1.08; low, high = 0.4, 0.8
    x = lambda ms: left + ms / most * (w - left - 20); y = lambda ap: h - bottom - (ap - low) / (high - low) * (h - bottom - top)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" font-family="system-ui,sans-serif" font-size="12"><rect width="{w}" height="{h}" fill="#fff"/>']
    for k in range(5):
        ap = low + k * .1; out.append(f'<path d="M{left} {y(ap):.1f}H{w - 20}" stroke="#ddd"/><text x="{left - 8}" y="{y(ap) + 4:.1f}" text-anchor="end" fill="#444">{ap:.1f}</text>')
    for ms in range(0, int(most) + 1, 5): out.append(f'<path d="M{x(ms):.1f} {h - bottom}v5" stroke="#888"/><text x="{x(ms):.1f}" y="{h - bottom + 19}" text-anchor="middle" fill="#444">{ms}</text>')
    out.append(f'<text x="{w / 2}" y="{h - 8}" text-anchor="middle" fill="#222">milliseconds, one thread, all in turn</text><text transform="translate(16 {h / 2}) rotate(-90)" text-anchor="middle" fill="#222">AP50 on voc-dev, through the service</text>')
    shown = [r for r in rows if r['ap50'] >= low]
    for r in shown:
        cx, cy = x(r['ms']), y(r['ap50']); colour = '#c2410c' if r['ours'] else '#1d4ed8'
        out.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="5" fill="{colour if r["kind"] == "int8" else "#fff"}" stroke="{colour}" stroke-width="2"/>' if r['ours'] else f'<rect x="{cx - 5:.1f}" y="{cy - 5:.1f}" width="10" height="10" fill="{colour}"/>')
        if r['kind'] == 'float' and r['ours']: continue                        # the ring beside its disc needs no name
        right = cx < w - 190 and r['name'] not in LEFT
        out.append(f'<text x="{cx + (9 if right else -9):.1f}" y="{cy + (-8 if r["ours"] else 16):.1f}" text-anchor="{"start" if right else "end"}" fill="{colour}">{r["name"]}</text>')
    out.append(f'<text x="{w - 20}" y="{h - bottom - 28}" text-anchor="end" fill="#c2410c">disc: ours, int8; ring: the same in float</text><text x="{w - 20}" y="{h - bottom - 10}" text-anchor="end" fill="#1d4ed8">square: peers, float</text>')
    return '\n'.join(out + ['</svg>\n'])


def row(r):
    size = f"{r['bytes'] / 1e6:.2f} MB" if r['bytes'] else ''
    return f"| {'**' + r['name'] + '**' if r['ours'] and r['kind'] == 'int8' else r['name']} | {r['kind']} | {r['ap50']:.3f} | {r['ap']:.3f} | {r['person']:.3f} | {r['car']:.3f} | {r['ms']:.2f} ({r['p10']:.2f}-{r['p90']:.2f}) | {size} | {r['macs']:.0f} |"


def readme(rows, times, zoo):
    lines = ['# Models', '', 'Detectors of the cascade and other people\'s, each run by the service itself (`squint detect --json`, `scripts/lab/step17_service.py`) on the 600',
             'pictures of voc-dev (VOC2007 test, 20 classes; difficult boxes ignored). Milliseconds: ' + times['machine'] + f",\nmedian (p10-p90) of {times['rounds']} rounds, all files in turn (`step16_time.mjs`): ratios are what carries over.", '',
             '![Accuracy over time](accuracy.svg)', '', '| model | | AP50 | AP50:95 | person | car | ms | bytes | MMAC |', '|---|---|---|---|---|---|---|---|---|', *[row(r) for r in sorted(rows, key=lambda r: (not r['ours'], -r['ap50']))], '',
             'Peers were trained on all of COCO with its labels; ours have seen 3,485 unlabelled photos (the GhostNet 14,000) and what two small teachers',
             'said of them, starting, but for GhostNet, from a COCO-trained backbone. `scout-person` knows 6 of the 20 classes (5 of them in VOC), so its mean over 20 says little.', '']
    lines += ['Modelled energy of one inference on one thread, above idle (`step12_energy.py`; an **estimate** from published board figures, no board was measured):', '', '| model | ' + ' | '.join(BOARDS) + ' |', '|---|' + '---|' * len(BOARDS)]
    for e in zoo['models']: c = energy.card(f"{MODELS_DIR}/{e['file']}"); lines.append(f"| {e['name']} | " + ' | '.join(f"{c[b]['mJ']:.0f} mJ ±{100 * c[b]['uncertainty']:.0f} %" for b in BOARDS) + ' |')
    lines += ['', 'How they were made, and what was tried: [scripts/lab](../scripts/lab/README.md). Your own: [docs/models.md](../docs/models.md).', '']
    return '\n'.join(lines)


def card(e, rows):
    name = e['name']; mine = {r['kind']: r for r in rows if r['name'] == name}; ap = result(name); flt = result(name + '-float'); qat = load(f'qat-{name}.json')
    best = ap['best']; sweep = {s['score']: s for s in ap['sweep']}; h, w = e['input']['height'], e['input']['width']
    return f'''# {name}: {WHAT[name]}

File `{e['file']}`, {e['bytes']} bytes, {e['macs'] / 1e6:.0f} M multiplications, sha256 in `zoo.json`. Opset 13, for ONNX Runtime 1.30.

**Network.** {NETWORK[name]}

**Contract.** `image`: uint8 [1, {h}, {w}, 3] RGB, the whole frame plainly resized. `rows`: float [1, 100, 6] = x1, y1, x2, y2 in input pixels, score,
COCO-80 class; the 100 best cells before non-maximum suppression (class-aware, IoU {e['nmsIou']}, the caller's part).

**Data and recipe.** {RECIPE[name]} Photos: mixed public sets, unlabelled, at most 400 px (`train/photos-00.npz`); none of them is in the repository. No ground
truth was used. Augmentation: crops of every scale, mosaics of 4 and 9, wide-angle and tilted views, and, for the student only, infra-red, low light, motion blur, noise.

**int8.** uint8 activations (one scale per tensor), int8 weights (symmetric, one scale per output channel), int32 biases; the first three convolutions
are float, channels are equalised.{" Quantise-aware training: loss " + str(qat['loss']['first 10']) + " -> " + str(qat['loss']['last 25']) + " (class, box)." if qat else ''} Measured on x86 with AVX-512 VNNI only.

| | AP50 | AP50:95 | person | car | ms, one thread |
|---|---|---|---|---|---|
''' + '\n'.join(f"| {k} | {r['ap50']:.3f} | {r['ap']:.3f} | {r['person']:.3f} | {r['car']:.3f} | {r['ms']:.2f} ({r['p10']:.2f}-{r['p90']:.2f}) |" for k, r in sorted(mine.items(), reverse=True)) + f'''

AP50 per class, int8 (float): {', '.join(f"{c} {v:.2f} ({flt['classes'][c]:.2f})" for c, v in ap['classes'].items())}.

**Thresholds.** low {e['thresholds']['low']}, high {e['thresholds']['high']}. Precision / recall, all classes pooled, IoU 0.5: {'; '.join(f"{s}: {sweep[s]['precision']:.2f} / {sweep[s]['recall']:.2f}" for s in (.15, .2, .3, .35, .4, .5) if s in sweep)}. Best F1 {best['f1']:.2f} at {best['score']:.2f}.

**Fails on.** {FAILS[name]} VOC pictures are photos by people, not camera frames.

**Licence and provenance.** MIT. {e['origin']} Teachers: PicoDet-S 416 (PaddleDetection) and NanoDet-Plus-m 416 (RangiLyu), Apache-2.0; none of their weights are in the file.
'''


if __name__ == '__main__':
    zoo = json.load(open(f'{MODELS_DIR}/zoo.json')); times = load('time.json'); rows = figures(zoo, times)
    open(f'{MODELS_DIR}/accuracy.svg', 'w').write(svg(rows)); open(f'{MODELS_DIR}/README.md', 'w').write(readme(rows, times, zoo))
    for e in zoo['models']: open(f"{MODELS_DIR}/{e['name']}.md", 'w').write(card(e, rows))
    for r in rows: print(row(r))
