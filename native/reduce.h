/* Planes of YUV to interleaved RGB at another size, in one pass over the pixels. */
#ifndef SQUINT_REDUCE_H
#define SQUINT_REDUCE_H

#include <stdint.h>

/* Sizes in pixels, 1..65535. Rows follow each other without padding. */
struct shape {
  int32_t width, height;               /* of the luma plane */
  int32_t chroma_width, chroma_height; /* of both colour planes; 0 for grey pictures */
  int32_t out_width, out_height;
};

struct reducer;

/** All that can be worked out before there is a picture; NULL if there is no memory. */
struct reducer *reducer_new(const struct shape *shape);

/**
 * Each output pixel is the mean of the source's area under it, or bilinear where the source is the smaller one; colours by full-range
 * BT.601 (JFIF). Takes no memory.
 * @param u, v not read of grey pictures
 * @param out [out_height, out_width, 3]
 */
void reduce(struct reducer *reducer, const uint8_t *y, const uint8_t *u, const uint8_t *v, uint8_t *out);

void reducer_free(struct reducer *reducer);

#endif
