"""A models folder of other people's detectors, so that the service measures them on its own path (docs/models.md says how entries work).

    python step17_peers.py OUT --peers DATA/peers [FOLDER ...]    # ONNX files are looked for in all folders; ours come along as scout

writes OUT/zoo.json, links to the files, and OUT/NAME.yaml for each peer that was found. Then, for each NAME:

    node build/src/cli.js detect --config OUT/NAME.yaml DATA/voc-dev/images/*.jpg --json > NAME.json
    python step15_evaluate.py --detections NAME.json --data DATA/voc-dev --json results/ap-peer-NAME.json

Preprocessing is each upstream's own (the PaddleDetection, NanoDet and YOLOX configs; FastestDet's test.py). The SSD comes out of
step17_ssd.py. Two files were exported with torch, the weights being published in another form: nanodet_plus_m_416.onnx as NanoDet's
own export leaves it (scores after sigmoid, all strides in one [1, 3598, 112]), and centernet_mobilenetv3_320.onnx from the npm
package @vladmandic/human with its raw heads (after sigmoid [1, 80, 80, 80], sides [1, 4, 80, 80]).
"""
import argparse, hashlib, json, os

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


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('out'); a.add_argument('--peers', nargs='+', required=True); a.add_argument('--models', default=f'{HERE}/../../models')
    a = a.parse_args()
    os.makedirs(a.out, exist_ok=True)
    zoo = json.load(open(f'{a.models}/zoo.json'))
    for entry in zoo['models']: link(f"{a.models}/{entry['file']}", a.out)
    for name, (file, says) in PEERS.items():
        path = find(file, a.peers)
        if path is None: print(f'{name}: no {file} in {a.peers}'); continue
        link(path, a.out)
        sha256 = hashlib.sha256(open(path, 'rb').read()).hexdigest()
        zoo['models'].append({'name': name, 'role': 'expert', 'file': file, 'sha256': sha256, 'labels': 'coco', 'thresholds': THRESHOLDS, 'nmsIou': NMS_IOU, **says})
        with open(f'{a.out}/{name}.yaml', 'w') as f: f.write(f'cascade:\n  models: {os.path.abspath(a.out)}\n  expert: {name}\n')
        print(f'{name}: {path}')
    json.dump(zoo, open(f'{a.out}/zoo.json', 'w'), indent=1)
