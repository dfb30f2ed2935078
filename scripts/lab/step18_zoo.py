"""Writes models/zoo.json from what was measured: hashes and sizes of the files, operations counted in the graphs, AP through the service
(results/ap-NAME.json, step17), milliseconds (results/time.json, step16). Only the lines of text below are typed by hand.

    python step18_zoo.py                           # before and after step17: what is not measured yet is left out
"""
import argparse, hashlib, json, math, os
import onnx
import step12_energy as energy

HERE = os.path.dirname(os.path.abspath(__file__))
COCO = """person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,
elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,
tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,
dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush""".replace('\n', '').split(',')
NMS_IOU = 0.6
GROWN = 'Grown from the MobileNetV3-Large CenterNet of the npm package @vladmandic/human (MIT, (c) Vladimir Mandic; upstream 610265158/mobilenetv3_centernet): its backbone, '
TAUGHT = 'distilled without labels from PicoDet-S and NanoDet-Plus-m (Apache-2.0).'
CERTAIN = {'scout': (0.15, 0.7), 'expert': (0.02, 0.3)}        # probabilities below which a candidate is absent, from which it is certain
MODELS = {                                         # name: role, thresholds without a calibration, origin
    'scout-mobilenetv3': ('scout', (0.3, 0.5), GROWN + 'with our neck and heads, pruned to 108 MMAC and ' + TAUGHT),
    'scout-person': ('scout', (0.3, 0.5), GROWN + 'with our neck and heads, pruned to 80 MMAC and, for person, bicycle, car, motorcycle, bus and truck alone, ' + TAUGHT),
    'expert-mobilenetv3': ('expert', (0.15, 0.35), GROWN + 'with our neck and heads, ' + TAUGHT),
    'expert-ghostnet': ('expert', (0.15, 0.35), 'GhostNet 1.0 with our neck and heads, trained by us from random weights on unlabelled photos, ' + TAUGHT),
}


def thresholds(role, low, high, calibration):
    """Scores at which the calibrated probabilities are those of CERTAIN, for all classes and for each that has its own scaling."""
    if not calibration: return {'low': low, 'high': high}
    score = lambda p, w: round(1 / (1 + math.exp(-(math.log(p / (1 - p)) - w['offset']) / w['slope'])), 3)
    pair = lambda w: dict(zip(('low', 'high'), (score(p, w) for p in CERTAIN[role])))
    return {**pair(calibration), 'classes': {c: pair(w) for c, w in calibration['classes'].items()}}


def result(name):
    path = f'{HERE}/results/ap-{name}.json'
    return json.load(open(path)) if os.path.exists(path) else None


def entry(name, models, times, calibrations):
    role, (low, high), origin = MODELS[name]; calibration = calibrations.get(name, {}).get('calibration')
    file = f'{name}.int8.onnx'; data = open(f'{models}/{file}', 'rb').read(); counts = energy.counts_of(f'{models}/{file}')
    _, height, width, _ = [d.dim_value for d in onnx.load_from_string(data).graph.input[0].type.tensor_type.shape.dim]
    e = {'name': name, 'role': role, 'file': file, 'sha256': hashlib.sha256(data).hexdigest(), 'bytes': len(data), 'input': {'width': width, 'height': height},
         'labels': 'coco', 'decoder': 'rows', 'thresholds': thresholds(role, low, high, calibration), 'nmsIou': NMS_IOU, 'macs': round((counts['gmacFloat'] + counts['gmacInt8']) * 1e9), 'counts': counts}
    if calibration: e['calibration'] = calibration
    ap, ap_float = result(name), result(name + '-float')
    if ap and ap_float: e['accuracy'] = {'dataset': 'voc-dev', 'pictures': ap['pictures'], 'ap50': ap['ap50'], 'ap': ap['ap'], 'person': ap['classes']['person'], 'car': ap['classes']['car'], 'floatAp50': ap_float['ap50']}
    ms = lambda kind: times['models'][f'{name}.{kind}']['median']
    if f'{name}.int8' in times['models']: e['milliseconds'] = {'int8': ms('int8'), 'float': ms('float'), 'machine': times['machine']}
    return {**e, 'origin': origin, 'licence': 'MIT'}


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--models', default=f'{HERE}/../../models'); a.add_argument('--out'); a = a.parse_args()
    assert len(COCO) == 80, len(COCO)
    path = f'{HERE}/results/time.json'; times = json.load(open(path)) if os.path.exists(path) else {'models': {}}
    path = f'{HERE}/results/calibration.json'; calibrations = json.load(open(path)) if os.path.exists(path) else {}
    entries = [entry(n, a.models, times, calibrations) for n in MODELS]
    merit = lambda e: e['accuracy']['ap50'] if 'accuracy' in e else 0
    best = {role: max((e for e in entries if e['role'] == role), key=merit)['name'] for role in ('scout', 'expert')}
    with open(a.out or f'{a.models}/zoo.json', 'w') as f: json.dump({'version': 1, 'labels': {'coco': COCO}, 'defaults': best, 'models': entries}, f, indent=2); f.write('\n')
    for e in entries: print(f"{e['name']:22s} {e['bytes']:8d} bytes {e['macs'] / 1e6:5.0f} MMAC  {e.get('accuracy')}  {e.get('milliseconds')}")
