"""A checkpoint to ONNX: norms folded into the convolutions, normalisation into the first one, uint8 [1,H,W,3] RGB in, rows [1,100,6] out.

    python step06_export.py NET.pt FLOAT.onnx

rows: x1, y1, x2, y2 in input pixels, score, COCO class; the 100 best cells before non-maximum suppression. Opset 13 for ONNX Runtime >= 1.10
(the service runs 1.30). The boxes are compared with PyTorch's on a photo-like noise before the file is written.
"""
import sys, tempfile, warnings
import numpy as np, onnx, torch, torch.nn as nn
import graph, nets, teachers

OPSET = 13


def fold(module):
    """Every Conv as one nn.Conv2d with bias, padding and activation."""
    class Folded(nn.Module):
        def __init__(self, c):
            super().__init__(); w, b = c.folded(); k = c.conv
            self.conv = nn.Conv2d(k.in_channels, k.out_channels, k.kernel_size, k.stride, k.padding, groups=k.groups); self.conv.weight.data, self.conv.bias.data = w.detach(), b.detach(); self.same, self.act = c.same, c.act
        def forward(self, x): return nets.ACT[self.act](self.conv(torch.nn.functional.pad(x, self.same) if self.same else x))
    for name, child in module.named_children():
        if isinstance(child, nets.Conv): setattr(module, name, Folded(child))
        else: fold(child)
    return module


class Whole(nn.Module):
    def __init__(self, net): super().__init__(); self.net = net
    def forward(self, image): return self.net(image.permute(0, 3, 1, 2).float())


def export(net, path):
    """-> ModelProto of the plain float graph, also written to `path`"""
    h, w = net.config['size']; levels = net.config['levels']; net = fold(net.eval()); image = torch.nn.functional.interpolate(torch.randint(0, 256, (1, 3, h // 16, w // 16)).float(), size=(h, w), mode='bilinear').round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter('ignore')
        torch.onnx.export(Whole(net), image, f'{scratch}/raw.onnx', input_names=['image'], output_names=[f'head{k}' for k in range(levels)], opset_version=OPSET, dynamo=False)
        g, size = graph.plain(f'{scratch}/raw.onnx'); model = g.model(*size)
        scores, boxes = teachers.cells(net(image.permute(0, 3, 1, 2).float()))
    top, cell = scores[0].amax(1).topk(100); rows = graph.session(model).run(None, {'image': image.numpy()})[0][0]
    apart = np.abs(rows[:5, None, :4] - boxes[0][cell[:20]].numpy()[None]).max(2).min(1)           # near-equal scores may change places
    assert np.abs(rows[:, 4] - top.numpy()).max() < 5e-3 and apart.max() < 2, (np.abs(rows[:, 4] - top.numpy()).max(), apart)
    onnx.save(model, path); return model


if __name__ == '__main__':
    torch.manual_seed(0); source, target = sys.argv[1:3]
    m = export(nets.load(source), target); print(f'{target}: {len(m.graph.node)} nodes {sorted({n.op_type for n in m.graph.node})}')
