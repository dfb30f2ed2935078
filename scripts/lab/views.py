"""Training views, made on the device from unlabelled photos: crops, mosaics, camera geometry; and what a camera at night does to a picture.

    python views.py DATA/train/photos-00.npz OUT.png            # a sheet to look at: clean views above, what the student sees below

`batch` gives geometry: crops of every scale and aspect, zoomed out, mirrored, mosaics of 4 and of 9 (small and cut-off objects), seen through a
wide-angle lens or by a tilted camera. The teachers label exactly that view. `degrade` is photometric and only the student sees it:
infra-red, low light, noise, motion blur, defocus, colour casts, JPEG-like blocks. So the student learns to see at night what the teachers see by day.
"""
import io, math, sys
import numpy as np, torch, torch.nn.functional as F
from concurrent.futures import ThreadPoolExecutor

SIDE = 400                                         # photos are stored with at most 400 px
GREY = 114.
MOSAIC4, MOSAIC9 = 0.25, 0.10                      # shares of the batch
BENT = 0.25                                        # share seen through a lens or by a tilted camera
DEGRADED = 0.35                                    # share of the views that the student sees degraded


def load_photos(path, limit=None):
    """-> uint8 [N,3,SIDE,SIDE], each photo at the top left, and float [N,2] width, height"""
    from PIL import Image
    z = np.load(path); data, off = z['data'], z['offsets']
    def decode(k):
        im = Image.open(io.BytesIO(data[off[k]:off[k + 1]].tobytes())).convert('RGB'); a = np.full((3, SIDE, SIDE), int(GREY), np.uint8)
        w, h = im.size; a[:, :h, :w] = np.asarray(im).transpose(2, 0, 1); return a, (w, h)
    with ThreadPoolExecutor(16) as pool: r = list(pool.map(decode, range(min(len(off) - 1, limit or len(off)))))
    return torch.from_numpy(np.stack([a for a, _ in r])), torch.tensor([s for _, s in r], dtype=torch.float32)


def uniform(n, lo, hi, dev): return torch.empty(n, device=dev).uniform_(lo, hi)


def crops(imgs, sizes, n, h, w, wide, bent=0., weights=None):
    """n random views float [n,3,h,w], 0..255; `wide` lets the view reach outside the photo, where it is grey."""
    dev = imgs.device; i = torch.randint(len(imgs), (n,), device=dev) if weights is None else torch.multinomial(weights, n, True); s = sizes[i]
    scale = uniform(n, math.log(.4), math.log(1.6 if wide else 1.1), dev).exp(); aspect = uniform(n, math.log(.75), math.log(1.35), dev).exp() * (w / h)
    cw = torch.minimum(s[:, 0], s[:, 1] * aspect); ch = cw / aspect; cw, ch = cw * scale, ch * scale        # the largest box of this aspect, scaled
    def centre(size, crop):
        a, b = torch.minimum(crop / 2, size - crop / 2), torch.maximum(crop / 2, size - crop / 2); return a + (b - a) * torch.rand(n, device=dev)
    cx, cy = centre(s[:, 0], cw), centre(s[:, 1], ch); flip = torch.where(torch.rand(n, device=dev) < .5, -1., 1.)
    gx = torch.linspace(-1 + 1 / w, 1 - 1 / w, w, device=dev)[None, None, :].expand(n, h, w); gy = torch.linspace(-1 + 1 / h, 1 - 1 / h, h, device=dev)[None, :, None].expand(n, h, w)
    if bent:
        on = (torch.rand(n, device=dev) < bent).float(); one = lambda lo, hi: (uniform(n, lo, hi, dev) * on)[:, None, None]
        r2 = gx * gx + gy * gy; barrel = 1 + one(0., .18) * (r2 - 1); tilt, pan, turn = one(-.3, .3), one(-.15, .15), one(-.12, .12)
        depth = 1 + tilt * gy + pan * gx                                       # keystone: a camera that looks down or aside
        gx, gy = (gx * turn.cos() - gy * turn.sin()) * barrel * depth, (gx * turn.sin() + gy * turn.cos()) * barrel * depth
    px = cx[:, None, None] + flip[:, None, None] * gx * cw[:, None, None] / 2; py = cy[:, None, None] + gy * ch[:, None, None] / 2
    y = F.grid_sample(imgs[i].float(), torch.stack([px / SIDE * 2 - 1, py / SIDE * 2 - 1], 3), mode='bilinear', padding_mode='border', align_corners=False)
    inside = (px >= 0) & (px < s[:, 0, None, None]) & (py >= 0) & (py < s[:, 1, None, None])
    return torch.where(inside[:, None], y, torch.full_like(y, GREY))


def mosaic(imgs, sizes, n, h, w, k, weights=None):
    """n views of k x k crops each; k divides neither side in general: made a little larger and cut."""
    hh, ww = -(-h // k), -(-w // k); q = crops(imgs, sizes, n * k * k, hh, ww, False, 0., weights).view(n, k, k, 3, hh, ww)
    return q.permute(0, 3, 1, 4, 2, 5).reshape(n, 3, k * hh, k * ww)[:, :, :h, :w]


def batch(imgs, sizes, n, h, w, weights=None):
    """weights: how often each photo is drawn, relative"""
    a, b = round(n * MOSAIC4), round(n * MOSAIC9)
    parts = [crops(imgs, sizes, n - a - b, h, w, True, BENT, weights)] + ([mosaic(imgs, sizes, a, h, w, 2, weights)] if a else []) + ([mosaic(imgs, sizes, b, h, w, 3, weights)] if b else [])
    x = torch.cat(parts); dev = x.device; m = len(x)
    r = lambda lo, hi: uniform(m, lo, hi, dev).view(m, 1, 1, 1)                # everyday differences, which the teachers see as well
    g = x.mean(1, keepdim=True); x = g + (x - g) * r(.5, 1.4); mean = x.mean((1, 2, 3), keepdim=True)
    return ((mean + (x - mean) * r(.7, 1.25)) * r(.65, 1.3) * torch.empty(m, 3, 1, 1, device=dev).uniform_(.93, 1.07)).clamp(0, 255)


def degrade(x):
    """What a camera adds at night, in haste or in rain. x [B,3,H,W] -> a copy"""
    n, _, h, w = x.shape; dev = x.device; on = lambda p: (torch.rand(n, 1, 1, 1, device=dev) < p) & chosen
    chosen = torch.rand(n, 1, 1, 1, device=dev) < DEGRADED; r = lambda lo, hi: uniform(n, lo, hi, dev).view(n, 1, 1, 1)
    grey = on(.35); luma = (x * torch.tensor([.4, .35, .25], device=dev).view(1, 3, 1, 1)).sum(1, keepdim=True)                # infra-red: one channel, lit from the camera
    yy = torch.linspace(-1, 1, h, device=dev).view(1, 1, h, 1); xx = torch.linspace(-1, 1, w, device=dev).view(1, 1, 1, w)
    lamp = 1 - r(.1, .55) * (xx * xx + yy * yy) / 2
    x = torch.where(grey, (luma * lamp).expand_as(x), x)
    dark = on(.4); x = torch.where(dark, 255 * (x / 255).clamp(min=1e-4) ** r(1., 2.2) * r(.25, .8), x)                      # low light: gamma and gain
    cast = on(.3); x = torch.where(cast, x * torch.empty(n, 3, 1, 1, device=dev).uniform_(.75, 1.25), x)
    k = 9; angle = uniform(n, 0, math.pi, dev); length = uniform(n, 1, 4.2, dev); t = torch.linspace(-1, 1, 33, device=dev)      # motion blur: a line of up to 9 px
    u = (k // 2 + t[None] * length[:, None] * angle.cos()[:, None]).round().long(); v = (k // 2 + t[None] * length[:, None] * angle.sin()[:, None]).round().long()
    still = ~on(.25).view(n); u[still] = k // 2; v[still] = k // 2
    kernel = torch.zeros(n, k * k, device=dev).scatter_add_(1, v * k + u, torch.ones_like(u, dtype=torch.float)) / 33
    x = F.conv2d(x.transpose(0, 1), kernel.view(n, 1, k, k), padding=k // 2, groups=n).transpose(0, 1)
    soft = on(.2); x = torch.where(soft, F.interpolate(F.avg_pool2d(x, 2), size=(h, w), mode='bilinear'), x)
    blocks = on(.2); step = r(6, 20); low = F.avg_pool2d(x, 8).round(); low = F.interpolate(low, size=(h, w))
    x = torch.where(blocks, low + ((x - low) / step).round() * step, x)                                                  # coarse steps around the mean of each 8x8 block
    return (x + torch.randn_like(x) * torch.where(on(.5), r(2, 16), torch.zeros_like(step))).clamp(0, 255)


if __name__ == '__main__':
    from PIL import Image
    torch.manual_seed(0); imgs, sizes = load_photos(sys.argv[1], 400); x = batch(imgs, sizes, 16, 224, 320); y = degrade(x)
    sheet = torch.cat([torch.cat(list(p), 2) for p in (*x.split(8), *y.split(8))], 1); Image.fromarray(sheet.permute(1, 2, 0).byte().numpy()).save(sys.argv[2])
