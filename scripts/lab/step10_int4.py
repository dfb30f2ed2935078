"""Weights of 4 bits for the 1x1 convolutions: what ONNX Runtime computes with them, and what it merely stores.

    python step10_int4.py FLOAT.onnx --data DATA --stem 3 [--quick]      # -> results/int4.json under the file's name, 3 minutes

MatMulNBits   com.microsoft's operator, 4-bit weights in blocks of BLOCK with a scale each (as in GPTQ and AWQ, Frantar et al. 2022, Lin et al. 2023), float activations or,
              with accuracy_level 4, activations rounded to int8 inside. A 1x1 convolution is one on NHWC rows, between two transpositions; `rows` is the float MatMul there
storage       INT4 initialisers (opset 21), per channel or per block, behind DequantizeLinear, or behind Cast and Mul, which the runtime folds into floats as it loads;
              the convolutions are float ones. `int8, stored in 4 bits` is step07's graph with 16 levels in the 1x1 weights, cast to int8 at load: integer convolutions
Rounding is to nearest with the scale of least squared error; nothing is trained. Other convolutions keep their float (or int8) weights in all variants.
"""
import argparse, collections, json, os, tempfile
import numpy as np, onnx, onnxruntime as ort
from onnx import helper, TensorProto
import graph as plain_graph, step07_quantise as quant
from step09_mixed import Lab, ap, race
from step04_prune import RESULTS

BLOCK = 32
OPSET = 21
CLIPS = np.linspace(1, .55, 19)                    # of the largest weight, tried for each scale
ROUNDS = 60
RESULT = f'{RESULTS}/int4.json'


def four(w, low=-8):
    """w [..., n], one scale for the last axis -> integers low..7, scales [...]. With -8 the largest weight gets that level, whatever its sign: the scale may be negative (as in llama.cpp's Q4_0)."""
    top = np.take_along_axis(w, np.abs(w).argmax(-1)[..., None], -1)[..., 0]; top = np.where(top == 0, 1e-12, top) / low; top = np.abs(top) if low == -7 else top; best = None
    for c in CLIPS:
        s = top * c; q = np.clip(np.rint(w / s[..., None]), low, 7); e = ((q * s[..., None] - w) ** 2).sum(-1)
        if best is None: best, scale, error = q, s, e
        else: better = e < error; best = np.where(better[..., None], q, best); scale, error = np.where(better, s, scale), np.minimum(e, error)
    return best.astype(np.int8), scale.astype(np.float32)


def blocks(w):
    """[O,I] -> [O, I / BLOCK, BLOCK], filled up with zeros"""
    o, i = w.shape; n = -(-i // BLOCK); return np.pad(w, ((0, 0), (0, n * BLOCK - i))).reshape(o, n, BLOCK)


def nibbles(q):
    """Two in a byte, the first one low"""
    v = (q.reshape(-1) & 15).astype(np.uint8); v = np.append(v, np.uint8(0)) if len(v) % 2 else v; return (v[::2] | v[1::2] << 4).astype(np.uint8)


def int4(name, q): return helper.make_tensor(name, TensorProto.INT4, q.shape, nibbles(q).tobytes(), raw=True)


def later(model, drop, tensors, nodes, before):
    """`model` in OPSET with new initialisers and nodes; {name of a node's output: nodes that replace it or stand before it}"""
    m = onnx.ModelProto(); m.CopyFrom(model); g = m.graph; del m.opset_import[:]; m.opset_import.extend([helper.make_opsetid('', OPSET), helper.make_opsetid('com.microsoft', 1)]); m.ir_version = 10
    kept = [i for i in g.initializer if i.name not in drop]; order = []
    for n in g.node:
        order += nodes.get(n.output[0], [])
        if n.output[0] not in nodes or before: order.append(n)
        if n.op_type == 'ReduceMax': axes = next(a for a in n.attribute if a.name == 'axes'); kept.append(helper.make_tensor(n.output[0] + '.axes', TensorProto.INT64, [len(axes.ints)], list(axes.ints))); n.input.append(n.output[0] + '.axes'); n.attribute.remove(axes)
    del g.initializer[:], g.node[:]; g.initializer.extend([*kept, *tensors]); g.node.extend(order); onnx.checker.check_model(m); return m


def pointwise(g): return [n for n in g.nodes if n.op_type == 'Conv' and list(g.const[n.input[1]].shape[2:]) == [1, 1]]


def matmul(g, size, accuracy=None):
    """The 1x1 convolutions as rows times weights; `accuracy` None: float weights"""
    drop, tensors, nodes = set(), [], {}; array = lambda v, name: onnx.numpy_helper.from_array(np.ascontiguousarray(v), name)
    for n in pointwise(g):
        w = g.const[n.input[1]][:, :, 0, 0]; o, i = w.shape; t = n.output[0]; drop.add(n.input[1]); x, y = t + '.rows', t + '.out'; made = [helper.make_node('Transpose', [n.input[0]], [x], perm=[0, 2, 3, 1])]
        if accuracy is None: tensors.append(array(w.T, t + '.w')); made += [helper.make_node('MatMul', [x, t + '.w'], [y + 'raw']), helper.make_node('Add', [y + 'raw', n.input[2]], [y])]
        else:
            q, s = four(blocks(w)); tensors += [array(nibbles(q + 8).reshape(o, -1, BLOCK // 2), t + '.w'), array(s.reshape(-1), t + '.s')]
            made.append(helper.make_node('MatMulNBits', [x, t + '.w', t + '.s', '', '', n.input[2]], [y], domain='com.microsoft', K=i, N=o, bits=4, block_size=BLOCK, accuracy_level=accuracy))
        nodes[t] = [*made, helper.make_node('Transpose', [y], [t], perm=[0, 3, 1, 2])]
    return later(g.model(*size), drop, tensors, nodes, False)


def stored(g, size, kind):
    """kind: 'channel' or 'block' with DequantizeLinear, 'cast' per block with Cast and Mul"""
    drop, tensors, nodes = set(), [], {}
    for n in pointwise(g):
        name = n.input[1]; w = g.const[name][:, :, 0, 0]; o, i = w.shape; drop.add(name); array = lambda v, k: onnx.numpy_helper.from_array(v, name + k)
        if kind == 'channel': q, s = four(w); tensors += [int4(name + '.q', q.reshape(o, i, 1, 1)), array(s, '.s')]; made = [helper.make_node('DequantizeLinear', [name + '.q', name + '.s'], [name], axis=0)]
        else:
            q, s = four(blocks(w))
            if kind == 'block': tensors += [int4(name + '.q', q.reshape(o, -1)[:, :i].reshape(o, i, 1, 1)), array(s.reshape(o, -1, 1, 1), '.s')]; made = [helper.make_node('DequantizeLinear', [name + '.q', name + '.s'], [name], axis=1, block_size=BLOCK)]
            else:
                tensors += [int4(name + '.q', q), array(s[..., None], '.s'), array(np.int64([o, -1, 1, 1]), '.shape'), array(np.int64([0]), '.from'), array(np.int64([i]), '.to'), array(np.int64([1]), '.axis')]
                made = [helper.make_node('Cast', [name + '.q'], [name + '.f'], to=TensorProto.FLOAT), helper.make_node('Mul', [name + '.f', name + '.s'], [name + '.m']), helper.make_node('Reshape', [name + '.m', name + '.shape'], [name + '.r']),
                        helper.make_node('Slice', [name + '.r', name + '.from', name + '.to', name + '.axis'], [name])]
        nodes.setdefault(n.output[0], made)
    return later(g.model(*size), drop, tensors, nodes, True)


class Four(quant.Quantiser):
    """4 bits in the weights of the 1x1 convolutions: -8..7, or 8..-7 where the largest weight has the other sign, as an integer convolution's scales are positive"""
    def conv(self, n, out):
        super().conv(n, out); base = n.output[0]; w = self.g.const[n.input[1]]
        if list(w.shape[2:]) != [1, 1]: return
        sx, b = float(self.params[n.input[0]][0]), self.g.const[n.input[2]].astype(np.float64); q, s = four(w[:, :, 0, 0]); q, s = q * np.sign(s)[:, None].astype(np.int8), np.abs(s)
        least = np.abs(b) / sx / 2 ** 30; q[s < least] = 0; s = np.maximum(s, least).astype(np.float32)                                  # the bias must fit int32: dead channels carry one
        bias = (sx * s.astype(np.float64)).astype(np.float32); self.const[base + '.w'], self.const[base + '.wscale'], self.const[base + '.bscale'] = q.reshape(w.shape), s, bias
        self.const[base + '.b'] = np.rint(b / bias).astype(np.int32)


def int8_of_four(lab):
    q = Four(lab.g, lab.stem); q.plan({t: lab.histograms[t] for t in q.measured}); model = q.write().model(*lab.size); tensors, nodes, drop = [], {}, set()
    for n in pointwise(lab.g):
        name = n.output[0] + '.w'
        if name not in q.const: continue           # of the stem
        v = q.const[name]; sign = np.where(v.max((1, 2, 3)) > 7, -1, 1).astype(np.int32)[:, None, None, None]; drop.add(name); tensors += [int4(name + '.q', (v * sign).astype(np.int8)), onnx.numpy_helper.from_array(sign, name + '.sign')]
        nodes[n.output[0] + '.wfloat'] = [helper.make_node('Cast', [name + '.q'], [name + '.wide'], to=TensorProto.INT32), helper.make_node('Mul', [name + '.wide', name + '.sign'], [name + '.signed']), helper.make_node('Cast', [name + '.signed'], [name], to=TensorProto.INT8)]
    return later(model, drop, tensors, nodes, True)


def optimised(model):
    """What runs: operators that tell"""
    with tempfile.TemporaryDirectory() as scratch:
        o = ort.SessionOptions(); o.log_severity_level = 3; o.intra_op_num_threads = 1; o.optimized_model_filepath = f'{scratch}/o.onnx'; ort.InferenceSession(model.SerializeToString(), o, providers=['CPUExecutionProvider'])
        kinds = collections.Counter(n.op_type for n in onnx.load(o.optimized_model_filepath).graph.node)
    return {k: kinds[k] for k in ('Conv', 'FusedConv', 'QLinearConv', 'MatMul', 'FusedMatMul', 'Gemm', 'MatMulNBits', 'Transpose', 'ReorderInput', 'ReorderOutput', 'DequantizeLinear', 'Cast') if kinds[k]}


if __name__ == '__main__':
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('source'); a.add_argument('--data', required=True); a.add_argument('--stem', type=int, default=quant.STEM); a.add_argument('--seed', type=int, default=quant.SEED); a.add_argument('--calibration', type=int, default=64); a.add_argument('--rounds', type=int, default=ROUNDS)
    a.add_argument('--limit', type=int, help='pictures of voc-dev'); a.add_argument('--quick', action='store_true'); a.add_argument('--json', default=RESULT); a = a.parse_args()
    if a.quick: a.calibration, a.rounds, a.limit = 8, 10, 20
    g = plain_graph.Graph(onnx.load(a.source)); lab = Lab(a.source, f'{a.data}/train/photos-00.npz', a.stem, a.seed, a.calibration, 1); size = lab.size
    models = {'float': g.model(*size), 'int8': lab.model()[1], 'rows: float MatMul': matmul(g, size), 'MatMulNBits': matmul(g, size, 0), 'MatMulNBits, accuracy_level 4': matmul(g, size, 4),
              'storage: per channel': stored(g, size, 'channel'), 'storage: per block': stored(g, size, 'block'), 'storage: per block, folded at load': stored(g, size, 'cast'), 'int8, stored in 4 bits': int8_of_four(lab),
              'int8, stored in 4 bits, not equalised': int8_of_four(Lab(a.source, f'{a.data}/train/photos-00.npz', a.stem, a.seed, a.calibration, 1, False))}
    models = {k: quant.short(m) for k, m in models.items()}; ms = race(models.values(), lab.probes[0], a.rounds); rows = {}
    for (k, m), t in zip(models.items(), ms):
        r = ap(m, a.data, a.limit); rows[k] = {'ap50': r[0], 'ap': r[1], 'ms': round(float(t), 3), 'bytes': len(m.SerializeToString()), 'runs': optimised(m)}; print(k, rows[k], flush=True)
    facts = {'source': os.path.basename(a.source), 'stem': a.stem, 'seed': a.seed, 'calibration': a.calibration, 'block': BLOCK, 'rounds': a.rounds, 'pictures': a.limit or 600, 'threads': 1, 'pointwise': len(pointwise(g)),
             'pointwiseWeights': int(sum(g.const[n.input[1]].size for n in pointwise(g))), 'ofWeights': int(sum(g.const[n.input[1]].size for n in g.nodes if n.op_type == 'Conv')), 'runtime': ort.__version__, 'milliseconds': 'processor time of one thread'}
    done = json.load(open(a.json)) if os.path.exists(a.json) else {}; done[os.path.basename(a.source)] = {'settings': facts, 'rows': rows}; json.dump(done, open(a.json, 'w'), indent=1)
