"""The backbones that a user of this field expects, in the same detector, after the same short recipe, in one table.

    python step03_backbones.py FOLDER --data DATA [--limit N]      # FOLDER/NAME.pt from step02_train.py, one of them at a time or all in one run

Each starts from the best weights that can be had (START below; starts differ, so this compares what a team gets, not architectures in a vacuum),
with a new neck and heads of width 96 at 160x224, and sees the same 31,000 views:
    for each NAME: step01_start.py NAME ... --size 160x224 --levels 3 --tower 1 --backbone-only
    step02_train.py --seconds 390 --batch 96 ... NAME=START/NAME.pt:double*0.3 ...
Per row: AP50, AP50:95 (float, and int8 as step07 writes it), parameters, multiplications, int8 bytes, milliseconds of one thread measured in turn,
modelled millijoules on three boards (step12_energy.py: estimates, with the uncertainty that it states).
"""
import argparse, json, os, time
import numpy as np
import nets, step06_export as export, step07_quantise as ptq, step12_energy as energy, step15_evaluate as evaluate
from graph import session

START = {'mobilenetv3-large': 'COCO (npm @vladmandic/human)', 'mobilenetv3-small': 'our earlier scout', 'ghostnet': 'our earlier expert', 'shufflenetv2': 'COCO (NanoDet-m, leaky ReLU)', 'efficientnet-lite0': 'ImageNet (PyPI)'}
BOARDS, ROUNDS, STEM = ('Raspberry Pi 4', 'Raspberry Pi 5', 'Jetson Orin Nano'), 40, 3


def interleaved(paths, rounds):
    """Median milliseconds of one thread, one run of each in turn."""
    runs = [(s := session(p), np.random.default_rng(0).integers(0, 256, s.get_inputs()[0].shape, np.uint8), []) for p in paths]
    for r in range(rounds + 5):
        for s, x, ms in runs: t = time.perf_counter(); s.run(None, {'image': x}); r >= 5 and ms.append((time.perf_counter() - t) * 1e3)
    return [round(float(np.median(ms)), 2) for _, _, ms in runs]


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('folder'); a.add_argument('--data', required=True); a.add_argument('--limit', type=int); a.add_argument('--rounds', type=int, default=ROUNDS); a.add_argument('--count', type=int, default=ptq.PHOTOS); a.add_argument('--out', default=f'{os.path.dirname(os.path.abspath(__file__))}/results/backbones.json'); a = a.parse_args()
    pictures, truth, names = evaluate.load_truth(f'{a.data}/voc-dev', a.limit); table = []
    for name in (n for n in START if os.path.exists(f'{a.folder}/{n}.pt')):
        net = nets.load(f'{a.folder}/{name}.pt'); macs, parameters = nets.count(net); files = [f'{a.folder}/{name}.{k}.onnx' for k in ('float', 'int8')]
        export.export(net, files[0]); ptq.quantise(files[0], files[1], f'{a.data}/train/photos-00.npz', a.count, stem=STEM)
        ap = [evaluate.score(evaluate.run_model(f, f'{a.data}/voc-dev', pictures), truth, names) for f in files]; card = energy.card(files[1])
        table.append({'name': name, 'start': START[name], 'ap50': ap[0]['ap50'], 'ap': ap[0]['ap'], 'int8Ap50': ap[1]['ap50'], 'parameters': parameters, 'macs': macs, 'bytes': os.path.getsize(files[1]),
                      'mJ': {b: [round(card[b]['mJ'], 2), round(card[b]['uncertainty'], 2)] for b in BOARDS}}); print(table[-1], flush=True)
    for row, ms, float_ms in zip(table, interleaved([f"{a.folder}/{r['name']}.int8.onnx" for r in table], a.rounds), interleaved([f"{a.folder}/{r['name']}.float.onnx" for r in table], a.rounds)): row.update(ms=ms, floatMs=float_ms)
    json.dump({'pictures': len(pictures), 'size': [160, 224], 'stem': STEM, 'training': json.load(open(f'{a.folder}/train.json')), 'table': table}, open(a.out, 'w'), indent=1)
