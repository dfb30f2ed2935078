/* What Node is given: JPEG to planes of YUV at 1, 1/2, 1/4 or 1/8 of its size, and planes to RGB at any size. Blocks its thread. */
#include <node_api.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "reduce.h"

/* Sizes of pictures, times sizes that networks want. */
#define KEPT 8
#define MAX_SIDE 65535

/* Of one thread of Node. */
struct state {
  tjhandle decompressor;
  struct {
    struct shape shape;
    struct reducer *reducer;
  } kept[KEPT];
  int oldest;
};

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

/* 0 if it is anything else. */
static int bytes_of(napi_env env, napi_value value, napi_typedarray_type wanted, void **data, size_t *length) {
  napi_typedarray_type type;
  bool is_array;
  if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array) return 0;
  if (napi_get_typedarray_info(env, value, &type, length, data, NULL, NULL) != napi_ok) return 0;
  return type == wanted;
}

static int arguments(napi_env env, napi_callback_info info, size_t wanted, napi_value *values) {
  size_t count = wanted;
  return napi_get_cb_info(env, info, &count, values, NULL, NULL) == napi_ok && count == wanted;
}

/**
 * decodeJpeg(jpeg: Uint8Array, denominator: 1 | 2 | 4 | 8, planes: Uint8Array, layout: Int32Array): void
 * Leaves Y, U and V one after the other in `planes` and [width, height, chroma width, chroma height] in `layout`; chroma 0 x 0 for grey.
 * Throws for what is not a whole JPEG of YUV, and if `planes` is too small.
 */
static napi_value decode_jpeg(napi_env env, napi_callback_info info) {
  napi_value values[4];
  void *jpeg, *planes, *layout;
  size_t jpeg_size, room, layout_length;
  int32_t denominator;
  if (!arguments(env, info, 4, values) || !bytes_of(env, values[0], napi_uint8_array, &jpeg, &jpeg_size) ||
      napi_get_value_int32(env, values[1], &denominator) != napi_ok ||
      !bytes_of(env, values[2], napi_uint8_array, &planes, &room) ||
      !bytes_of(env, values[3], napi_int32_array, &layout, &layout_length) || layout_length < 4 ||
      (denominator != 1 && denominator != 2 && denominator != 4 && denominator != 8))
    return fail(env, "expected jpeg, denominator, planes, layout");
  struct state *state;
  if (napi_get_instance_data(env, (void **)&state) != napi_ok) return fail(env, "expected a state");
  int width, height, sampling, colours;
  if (tjDecompressHeader3(state->decompressor, jpeg, jpeg_size, &width, &height, &sampling, &colours) != 0)
    return fail(env, tjGetErrorStr2(state->decompressor));
  if (sampling < 0 || (colours != TJCS_YCbCr && colours != TJCS_GRAY)) return fail(env, "expected YUV or grey");
  const tjscalingfactor scale = {1, denominator};
  width = TJSCALED(width, scale);
  height = TJSCALED(height, scale);
  const int has_colour = sampling != TJSAMP_GRAY;
  int32_t *sizes = layout;
  /* rounded up to whole samples of chroma */
  sizes[0] = tjPlaneWidth(0, width, sampling);
  sizes[1] = tjPlaneHeight(0, height, sampling);
  sizes[2] = has_colour ? tjPlaneWidth(1, width, sampling) : 0;
  sizes[3] = has_colour ? tjPlaneHeight(1, height, sampling) : 0;
  const size_t luma = (size_t)sizes[0] * sizes[1], chroma = (size_t)sizes[2] * sizes[3];
  if (luma + 2 * chroma > room) return fail(env, "expected more room for planes");
  unsigned char *parts[3] = {planes, (unsigned char *)planes + luma, (unsigned char *)planes + luma + chroma};
  const int flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS;
  if (tjDecompressToYUVPlanes(state->decompressor, jpeg, jpeg_size, parts, width, NULL, height, flags) != 0)
    return fail(env, tjGetErrorStr2(state->decompressor));
  return NULL;
}

/* One that is kept from the last time, or a new one in the place of the oldest. */
static struct reducer *find_reducer(struct state *state, const struct shape *shape) {
  for (int i = 0; i < KEPT; i++) {
    if (state->kept[i].reducer != NULL && memcmp(&state->kept[i].shape, shape, sizeof *shape) == 0)
      return state->kept[i].reducer;
  }
  const int place = state->oldest;
  state->oldest = (place + 1) % KEPT;
  reducer_free(state->kept[place].reducer);
  state->kept[place].shape = *shape;
  state->kept[place].reducer = reducer_new(shape);
  return state->kept[place].reducer;
}

/** toRgb(planes: Uint8Array, layout: Int32Array, out: Uint8Array, width: number, height: number): void */
static napi_value to_rgb(napi_env env, napi_callback_info info) {
  napi_value values[5];
  void *planes, *layout, *out;
  size_t planes_size, layout_length, out_size;
  struct shape shape;
  if (!arguments(env, info, 5, values) || !bytes_of(env, values[0], napi_uint8_array, &planes, &planes_size) ||
      !bytes_of(env, values[1], napi_int32_array, &layout, &layout_length) || layout_length < 4 ||
      !bytes_of(env, values[2], napi_uint8_array, &out, &out_size) ||
      napi_get_value_int32(env, values[3], &shape.out_width) != napi_ok ||
      napi_get_value_int32(env, values[4], &shape.out_height) != napi_ok)
    return fail(env, "expected planes, layout, out, width, height");
  memcpy(&shape, layout, 4 * sizeof(int32_t));
  const int32_t sides[] = {shape.width, shape.height, shape.out_width, shape.out_height};
  for (int i = 0; i < 4; i++) {
    if (sides[i] < 1 || sides[i] > MAX_SIDE) return fail(env, "expected sides of 1 to 65535 pixels");
  }
  if (shape.chroma_width < 0 || shape.chroma_width > shape.width || shape.chroma_height < 0 ||
      shape.chroma_height > shape.height || (shape.chroma_width == 0) != (shape.chroma_height == 0))
    return fail(env, "expected chroma planes at most as large as luma");
  const size_t luma = (size_t)shape.width * shape.height, chroma = (size_t)shape.chroma_width * shape.chroma_height;
  if (luma + 2 * chroma > planes_size) return fail(env, "expected more bytes of planes");
  if ((size_t)shape.out_width * shape.out_height * 3 > out_size) return fail(env, "expected more room for RGB");
  struct state *state;
  if (napi_get_instance_data(env, (void **)&state) != napi_ok) return fail(env, "expected a state");
  struct reducer *reducer = find_reducer(state, &shape);
  if (reducer == NULL) return fail(env, "expected memory");
  const uint8_t *y = planes;
  reduce(reducer, y, y + luma, y + luma + chroma, out);
  return NULL;
}

static void end(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  struct state *state = data;
  for (int i = 0; i < KEPT; i++) reducer_free(state->kept[i].reducer);
  tjDestroy(state->decompressor);
  free(state);
}

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  struct state *state = calloc(1, sizeof *state);
  if (state == NULL) return fail(env, "expected memory");
  state->decompressor = tjInitDecompress();
  if (state->decompressor == NULL || napi_set_instance_data(env, state, end, NULL) != napi_ok) {
    free(state);
    return fail(env, "expected a decompressor");
  }
  const napi_property_descriptor verbs[] = {
      {.utf8name = "decodeJpeg", .method = decode_jpeg, .attributes = napi_enumerable},
      {.utf8name = "toRgb", .method = to_rgb, .attributes = napi_enumerable},
  };
  if (napi_define_properties(env, exports, 2, verbs) != napi_ok) return NULL;
  return exports;
}
