"""Writes models/zoo.json from what was measured: hashes and sizes of the files, multiplications counted in the graphs, AP from
results/ap-*.json (step15_evaluate.py), milliseconds from results/time.json (step16_time.mjs). Only the lines of text below are typed by hand.

    python step18_zoo.py --float DATA/models [--out ../../models/zoo.json]
"""
import argparse, hashlib, json, os
import graph as plain_graph

HERE = os.path.dirname(os.path.abspath(__file__))
COCO = """person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,
elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,
tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,
dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush""".replace('\n', '').split(',')
NMS_IOU = 0.6
OURS = 'Trained by us from random weights on unlabelled photos, distilled from NanoDet-Plus-m (Apache-2.0); '
MODELS = {                                         # name: role, float file, thresholds, origin
    'scout-mobilenetv3-small': ('scout', 'scout-192x320.onnx', (0.2, 0.5), OURS + 'MobileNetV3-Small minimalistic with a two-way neck.'),
    'expert-ghostnet': ('expert', 'expert-ghost-288x480.onnx', (0.15, 0.35), OURS + 'GhostNet 1.0 with a two-way neck.'),
    'expert-mobilenetv3-large': ('expert', 'expert-mobilenet-288x480.onnx', (0.15, 0.3), 'MobileNetV3-Large CenterNet from the npm package @vladmandic/human (MIT, (c) Vladimir Mandic), upstream 610265158/mobilenetv3_centernet; quantised by us.'),
}


def macs(path):
    """Multiplications of all convolutions of the float graph (MatMul of the decoding left out)."""
    g, _ = plain_graph.plain(path)
    total = 0
    for n in g.nodes:
        if n.op_type == 'Conv':
            _, c, h, w = g.shape[n.output[0]]
            total += c * h * w * g.const[n.input[1]][0].size
    return int(total)


def entry(name, float_folder, models_folder, times):
    role, source, (low, high), origin = MODELS[name]
    file = f'{name}.int8.onnx'; data = open(f'{models_folder}/{file}', 'rb').read()
    ap, ap_float = (json.load(open(f'{HERE}/results/ap-{name}.{kind}.json')) for kind in ('int8', 'float'))
    g, (height, width) = plain_graph.plain(f'{float_folder}/{source}')
    ms = lambda kind: times['models'][f'{name}.{kind}']['median']
    return {'name': name, 'role': role, 'file': file, 'sha256': hashlib.sha256(data).hexdigest(), 'bytes': len(data), 'input': {'width': width, 'height': height},
            'labels': 'coco', 'decoder': 'rows', 'thresholds': {'low': low, 'high': high}, 'nmsIou': NMS_IOU, 'macs': macs(f'{float_folder}/{source}'),
            'accuracy': {'dataset': 'voc-dev', 'pictures': ap['pictures'], 'ap50': ap['ap50'], 'ap': ap['ap'], 'person': ap['classes']['person'], 'car': ap['classes']['car'], 'floatAp50': ap_float['ap50']},
            'milliseconds': {'int8': ms('int8'), 'float': ms('float'), 'machine': times['machine']}, 'origin': origin, 'licence': 'MIT'}


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--float', required=True); a.add_argument('--models', default=f'{HERE}/../../models'); a.add_argument('--out', default=f'{HERE}/../../models/zoo.json')
    a = a.parse_args()
    assert len(COCO) == 80, len(COCO)
    times = json.load(open(f'{HERE}/results/time.json'))
    entries = [entry(n, a.float, a.models, times) for n in MODELS]
    best = max((e for e in entries if e['role'] == 'expert'), key=lambda e: e['accuracy']['ap50'] / e['milliseconds']['int8'])      # AP50 per millisecond
    zoo = {'version': 1, 'labels': {'coco': COCO}, 'defaults': {'scout': entries[0]['name'], 'expert': best['name']}, 'models': entries}
    json.dump(zoo, open(a.out, 'w'), indent=2); open(a.out, 'a').write('\n')
    for e in entries: print(f"{e['name']:26s} {e['bytes']:8d} bytes {e['macs'] / 1e6:5.0f} MMAC  AP50 {e['accuracy']['ap50']:.3f} (float {e['accuracy']['floatAp50']:.3f})  {e['milliseconds']['int8']:.2f} ms (float {e['milliseconds']['float']:.2f})")
    print('default expert:', best['name'])
