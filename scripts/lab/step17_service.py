"""Measures all models, ours and other people's, on the service's own TypeScript path: colour, fit, resize, decoding, NMS.

    python step17_service.py OUT --data DATA --peers FOLDER ... --floats FOLDER [--only NAME ...]

makes OUT a models folder (docs/models.md says how entries work): zoo.json, links to the ONNX files and NAME.yaml for each model that was found,
our int8 files as NAME and, where FOLDER holds NAME.onnx, their float files as NAME-float. Then it runs, for each,

    node build/src/cli.js detect --config OUT/NAME.yaml DATA/voc-dev/images/*.jpg --json

and scores what came out with step15_evaluate.py into results/ap-NAME.json (peers: ap-peer-NAME.json).

Preprocessing is each upstream's own (the PaddleDetection, NanoDet and YOLOX configs; FastestDet's test.py). The SSD comes out of
step17_ssd.py. Two files were exported with torch, the weights being published in another form: nanodet_plus_m_416.onnx as NanoDet's
own export leaves it (scores after sigmoid, all strides in one [1, 3598, 112]), and centernet_mobilenetv3_320.onnx from the npm
package @vladmandic/human with its raw heads (after sigmoid [1, 80, 80, 80], sides [1, 4, 80, 80]).
"""
import argparse, glob, hashlib, json, os, subprocess, tempfile
import step15_evaluate as evaluate

NMS_IOU = 0.6
THRESHOLDS = {'low': 0.2, 'high': 0.4}             # for looking; measuring starts at 0.02
HERE = os.path.dirname(os.path.abspath(__file__))


def floats(size, colour='rgb', **more): return {'width': size, 'height': size, 'layout': 'nchw-float', 'colour': colour, **more}


def picodet(size):                                 # picodet_*_coco_lcnet.yml, TestReader: keep_ratio false, ImageNet statistics in R, G, B
    return {'decoder': 'gfl', 'input': floats(size, mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375])}


def nanodet(size, **more):                         # nanodet-m.yml: keep_ratio true, normalize [[103.53, ...], [57.375, ...]] in B, G, R
    return {'decoder': 'gfl', 'input': floats(size, 'bgr', fit='letterbox-centre', pad=0, mean=[103.53, 116.28, 123.675], std=[57.375, 57.12, 58.395]), **more}


PEERS = {                                          # name: (file, what its entry says)
    'picodet-s-320': ('picodet_s_320_coco.onnx', picodet(320)),
    'picodet-s-416': ('picodet_s_416_coco.onnx', picodet(416)),
    'nanodet-m-320': ('nanodet_m_320.onnx', nanodet(320)),
    'nanodet-m-416': ('nanodet_m_416.onnx', nanodet(416)),
    'nanodet-plus-m-416': ('nanodet_plus_m_416.onnx', nanodet(416, cellCentre=0)),
    'yolox-nano-416': ('yolox_nano.onnx', {'decoder': 'yolox', 'input': floats(416, 'bgr', fit='letterbox-corner', pad=114)}),
    'fastestdet-352': ('FastestDet.onnx', {'decoder': 'fastestdet', 'input': floats(352, 'bgr', std=[255, 255, 255])}),
    'centernet-mobilenetv3-320': ('centernet_mobilenetv3_320.onnx', {'decoder': 'centernet', 'input': floats(320)}),
    'ssd-mobilenet-v1-300': ('ssd_mobilenet_v1_300.onnx', {'decoder': 'ssd', 'scores': 'logit', 'input': floats(300, mean=[128] * 3, std=[128] * 3)}),
}


def find(file, folders): return next((p for p in (os.path.join(f, file) for f in folders) if os.path.exists(p)), None)


def link(path, out):
    target = os.path.join(out, os.path.basename(path))
    if os.path.lexists(target): os.remove(target)
    os.symlink(os.path.abspath(path), target)


def measure(name, out, data, result):
    """Runs the service's command over all pictures and scores its answer."""
    with tempfile.NamedTemporaryFile(suffix='.json') as f:
        pictures = sorted(glob.glob(f'{data}/voc-dev/images/*.jpg'))
        subprocess.run(['node', f'{HERE}/../../build/src/cli.js', 'detect', '--config', f'{out}/{name}.yaml', *pictures, '--json'], stdout=f, check=True, stderr=subprocess.DEVNULL)
        pictures, table, names = evaluate.load_truth(f'{data}/voc-dev'); r = evaluate.score(evaluate.read_detections(f.name, pictures), table, names)
    json.dump({'file': name, **r}, open(f'{HERE}/results/{result}', 'w'), indent=1); print(f"{name:28s} AP50 {r['ap50']:.3f}  AP50:95 {r['ap']:.3f}  person {r['classes']['person']:.3f}  car {r['classes']['car']:.3f}", flush=True)


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('out'); a.add_argument('--data', required=True); a.add_argument('--peers', nargs='*', default=[]); a.add_argument('--floats'); a.add_argument('--models', default=f'{HERE}/../../models'); a.add_argument('--only', nargs='*')
    a = a.parse_args(); os.makedirs(a.out, exist_ok=True)
    zoo = json.load(open(f'{a.models}/zoo.json')); todo = []
    def add(name, path, says, result):
        link(path, a.out); sha256 = hashlib.sha256(open(path, 'rb').read()).hexdigest()
        zoo['models'].append({'name': name, 'role': 'expert', 'file': os.path.basename(path), 'sha256': sha256, 'labels': 'coco', 'thresholds': THRESHOLDS, 'nmsIou': NMS_IOU, **says})
        with open(f'{a.out}/{name}.yaml', 'w') as f: f.write(f'cascade:\n  models: {os.path.abspath(a.out)}\n  expert: {name}\n')
        todo.append((name, result))
    ours = zoo['models']; zoo['models'] = []
    for e in ours:
        says = {'decoder': 'rows', 'input': e['input']}
        add(e['name'], f"{a.models}/{e['file']}", says, f"ap-{e['name']}.json")
        if a.floats and os.path.exists(f"{a.floats}/{e['name']}.onnx"): add(e['name'] + '-float', f"{a.floats}/{e['name']}.onnx", says, f"ap-{e['name']}-float.json")
    for name, (file, says) in PEERS.items():
        path = find(file, a.peers)
        if path: add(name, path, says, f'ap-peer-{name}.json')
        elif a.peers: print(f'{name}: no {file} in {a.peers}')
    zoo['models'].append({**ours[0], 'role': 'scout', 'name': 'any-scout'}); zoo['defaults'] = {'scout': 'any-scout', 'expert': ours[0]['name']}
    json.dump(zoo, open(f'{a.out}/zoo.json', 'w'), indent=1)
    for name, result in todo:
        if not a.only or name in a.only: measure(name, a.out, a.data, result)
