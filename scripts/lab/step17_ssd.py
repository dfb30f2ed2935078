"""TensorFlow's quantised SSD (.tflite, detection post-processing at its end) as float ONNX with raw heads, for the decoder `ssd`.

    pip install tflite==2.18.0
    python step17_ssd.py ssd_mobilenet_v1_quant.tflite ssd_mobilenet_v1_300.onnx

  image    float [1, 3, H, W], (grey - 128) / 128, RGB
  boxes    float [1, anchors, 4], as the box coder leaves them
  classes  float [1, anchors, 81] logits: background and COCO's 80; the columns of the ten ids that COCO never used are cut

Written because no converter does it: tflite2onnx 0.4.1 stops at the post-processing ("Unsupported TFLite OP: 32 CUSTOM").
Weights are dequantised; activations are float, but held to the range of their 8 bits, which is all that the file says of
some ReLU6. The heads follow the file's own, run by ai-edge-litert 2.3.0 on one picture, with a correlation of 0.9995 (boxes)
and 0.998 (classes). The file's anchors are compared with the recipe that the decoder follows: it stops if they differ.
"""
import sys
import numpy as np, onnx, tflite
from onnx import TensorProto, helper, numpy_helper

UNUSED_IDS = (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)                              # of COCO's 1..90
IDS = 91                                                                           # with background
KEPT = [i for i in range(IDS) if i not in UNUSED_IDS]
OPERATORS = {value: name for name, value in vars(tflite.BuiltinOperator).items() if not name.startswith('_')}
DTYPES = {tflite.TensorType.UINT8: np.uint8, tflite.TensorType.INT32: np.int32, tflite.TensorType.FLOAT32: np.float32}


class Flatbuffer:
    def __init__(self, path):
        self.model = tflite.Model.GetRootAsModel(open(path, 'rb').read(), 0)
        self.graph = self.model.Subgraphs(0)

    def operators(self):
        """-> (name, operator, inputs, outputs), the last two as tensor numbers"""
        for i in range(self.graph.OperatorsLength()):
            op = self.graph.Operators(i); code = self.model.OperatorCodes(op.OpcodeIndex())
            yield OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())], op, op.InputsAsNumpy().tolist(), op.OutputsAsNumpy().tolist()

    def shape(self, tensor): return self.graph.Tensors(tensor).ShapeAsNumpy().tolist()

    def values(self, tensor):
        """A constant as real numbers."""
        t = self.graph.Tensors(tensor)
        raw = np.frombuffer(self.model.Buffers(t.Buffer()).DataAsNumpy().tobytes(), DTYPES[t.Type()]).reshape(self.shape(tensor))
        q = t.Quantization()
        if q is None or q.ScaleLength() == 0: return raw
        return ((raw.astype(np.float64) - q.ZeroPointAsNumpy()) * q.ScaleAsNumpy()).astype(np.float32)


    def reach(self, tensor):
        """The least and the largest number that 8 bits hold there."""
        q = self.graph.Tensors(tensor).Quantization()
        return [np.float32((end - q.ZeroPoint(0)) * q.Scale(0)) for end in (0, 255)]


def options(op, kind):
    o = kind(); o.Init(op.BuiltinOptions().Bytes, op.BuiltinOptions().Pos)
    return o


def same_padding(size, kernel, stride):
    """TensorFlow's: the odd pixel goes after."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def convert(source):
    f = Flatbuffer(source)
    nodes, constants = [], {}
    add = lambda op, ins, out, **k: nodes.append(helper.make_node(op, ins, [out], **k))
    image = int(f.graph.Inputs(0)); _, height, width, _ = f.shape(image)
    name = {image: 'image'}                                                        # tensor number -> ONNX name, NCHW where it has four dimensions
    for kind, op, ins, outs in f.operators():
        x, out = name.get(ins[0]), f't{outs[0]}'
        if kind in ('CONV_2D', 'DEPTHWISE_CONV_2D'):
            depthwise = kind == 'DEPTHWISE_CONV_2D'
            o = options(op, tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions)
            assert o.Padding() == tflite.Padding.SAME
            w, b = f.values(ins[1]), f.values(ins[2])                              # [O,kh,kw,I] or [1,kh,kw,O]
            kernel = w.shape[1:3]; _, h, wd, channels = f.shape(ins[0])
            (top, bottom), (left, right) = same_padding(h, kernel[0], o.StrideH()), same_padding(wd, kernel[1], o.StrideW())
            w = w.transpose(3, 0, 1, 2) if depthwise else w.transpose(0, 3, 1, 2)
            if len(b) % IDS == 0:                                                  # a class predictor: [anchors of a cell x ids]
                keep = np.concatenate([np.array(KEPT) + a for a in range(0, len(b), IDS)]); w, b = w[keep], b[keep]
            low, high = f.reach(outs[0])
            if o.FusedActivationFunction() == tflite.ActivationFunctionType.RELU6: low, high = np.maximum(low, np.float32(0)), np.minimum(high, np.float32(6))
            constants.update({f'{out}_w': w, f'{out}_b': b, f'{out}_low': low, f'{out}_high': high})
            add('Conv', [x, f'{out}_w', f'{out}_b'], f'{out}_conv', kernel_shape=kernel, strides=[o.StrideH(), o.StrideW()],
                pads=[top, left, bottom, right], group=channels if depthwise else 1)
            add('Clip', [f'{out}_conv', f'{out}_low', f'{out}_high'], out)
        elif kind == 'RESHAPE':                                                    # all of them end in [1, n, columns]
            columns = f.shape(outs[0])[-1]
            if len(f.shape(ins[0])) == 4 and f.shape(ins[0])[-1] != columns:       # from a predictor: cells first, as TensorFlow has them
                add('Transpose', [x], f'{out}_cells', perm=[0, 2, 3, 1]); x = f'{out}_cells'
            constants[f'{out}_shape'] = np.int64([1, -1, len(KEPT) if columns == IDS else columns])
            add('Reshape', [x, f'{out}_shape'], out)
        elif kind == 'CONCATENATION': add('Concat', [name[i] for i in ins], out, axis=1)
        elif kind == 'LOGISTIC': out = x                                           # the decoder does it, for the best class only
        elif kind == 'CUSTOM':
            add('Identity', [x], 'boxes'); add('Identity', [name[ins[1]]], 'classes')
            anchors = f.values(ins[2])
        else: raise NotImplementedError(kind)
        name[outs[0]] = out
    value = lambda n, shape: helper.make_tensor_value_info(n, TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, 'ssd', [value('image', [1, 3, height, width])], [value('boxes', [1, len(anchors), 4]), value('classes', [1, len(anchors), len(KEPT)])],
                              [numpy_helper.from_array(np.array(v, order='C'), k) for k, v in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=7, producer_name='squint')
    onnx.checker.check_model(model)
    return model, anchors


def recipe(cells=(19, 10, 5, 3, 2, 1), low=0.2, high=0.95, aspects=(1, 2, 1 / 2, 3, 1 / 3)):
    """The API's anchors for 300 x 300: [1917,4] centre y, x, height, width in shares of the input."""
    scales = [*np.linspace(low, high, len(cells)), 1.0]; out = []
    for layer, n in enumerate(cells):
        boxes = [(0.1, 1), (low, 2), (low, 0.5)] if layer == 0 else [*((scales[layer], a) for a in aspects), ((scales[layer] * scales[layer + 1]) ** 0.5, 1)]
        out += [((y + 0.5) / n, (x + 0.5) / n, s / a ** 0.5, s * a ** 0.5) for y in range(n) for x in range(n) for s, a in boxes]
    return np.array(out)


if __name__ == '__main__':
    source, target = sys.argv[1:3]
    model, anchors = convert(source)
    apart = np.abs(anchors - recipe()).max()
    print(f'anchors differ by at most {apart:.4f} of the input from the recipe')
    assert apart < 0.01, 'other anchors than the decoder makes'                   # the file holds them in 8 bits
    onnx.save(model, target)
    print(f'{target}: {len(model.graph.node)} nodes')
