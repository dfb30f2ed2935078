#include "reduce.h"

#include <stdlib.h>
#include <string.h>

/* AVX2 where the processor has it; NEON is always there on arm64. */
#if defined(__x86_64__)
#define VECTORISED __attribute__((target_clones("avx2", "default")))
#else
#define VECTORISED
#endif

/* Weights are in 1/256 and those of one output add up to 256, so that 16 bits hold a weighted sum of bytes. */
#define ONE 256
/* Outputs that are worked out at once, and source samples that may lie under them. */
#define LANES 8
#define REACH 32

typedef uint8_t bytes __attribute__((vector_size(16), aligned(1)));
typedef uint8_t octet __attribute__((vector_size(8), aligned(1)));
typedef uint16_t words __attribute__((vector_size(16), aligned(16)));

/* Which source samples make up each output, along one direction of one plane: `taps` for each, unused ones weigh nothing. */
struct axis {
  int source, target, taps;
  int32_t *first;    /* [target] */
  uint16_t *weights; /* [target, taps] */
  /* The same for LANES outputs at once, if their samples lie within REACH; near: within half of it. */
  int near;
  int32_t *base;  /* [groups] first sample under a group */
  bytes *places;  /* [groups, taps] sample of each lane, from the base on, in even bytes */
  words *amounts; /* [groups, taps] */
};

struct reducer {
  struct shape shape;
  struct axis columns, rows, chroma_columns, chroma_rows;
  uint8_t *row, *y, *u, *v;
};

static int clamp(int64_t value, int most) { return value < 0 ? 0 : value > most ? most : (int)value; }

static void *room(size_t bytes) { return aligned_alloc(16, (bytes + 15) & ~(size_t)15); }

/* Between the two nearest samples. */
static void interpolate(struct axis *axis) {
  const int source = axis->source, target = axis->target;
  for (int i = 0; i < target; i++) {
    /* from the middle of the first sample to the middle of the output, in 1/256 of a sample */
    const int64_t middle = ((int64_t)(2 * i + 1) * source * ONE) / (2 * target) - ONE / 2;
    const int place = clamp(middle, (source - 1) * ONE);
    axis->first[i] = clamp(place / ONE, source - 2);
    const int second = place - axis->first[i] * ONE;
    axis->weights[i * axis->taps] = ONE - second;
    axis->weights[i * axis->taps + 1] = second;
  }
}

static int most_covered(int source, int target) {
  int most = 1;
  for (int i = 0; i < target; i++) {
    const int64_t from = (int64_t)i * source, to = from + source - 1;
    const int covered = (int)(to / target - from / target) + 1;
    if (covered > most) most = covered;
  }
  return most;
}

/* Each sample counts as far as the output covers it. */
static void cover(struct axis *axis) {
  const int source = axis->source, target = axis->target;
  for (int i = 0; i < target; i++) {
    /* edges in 1/target of a sample */
    const int64_t from = (int64_t)i * source, to = from + source;
    const int first = clamp(from / target, source - axis->taps);
    uint16_t *weights = axis->weights + i * axis->taps;
    int left = ONE, largest = 0;
    for (int tap = 0; tap < axis->taps; tap++) {
      const int64_t begin = (int64_t)(first + tap) * target, end = begin + target;
      const int64_t covered = (end < to ? end : to) - (begin > from ? begin : from);
      if (covered > 0) weights[tap] = (uint16_t)((covered * ONE + source / 2) / source);
      left -= weights[tap];
      if (weights[tap] > weights[largest]) largest = tap;
    }
    weights[largest] += left;
    axis->first[i] = first;
  }
}

/* Leaves `base` NULL if samples lie too far apart. */
static void group(struct axis *axis) {
  const int groups = axis->target / LANES;
  int reach = 0;
  for (int g = 0; g < groups; g++) {
    const int span = axis->first[g * LANES + LANES - 1] + axis->taps - axis->first[g * LANES];
    if (span > reach) reach = span;
  }
  if (reach > REACH) return;
  axis->near = reach <= REACH / 2;
  const size_t vectors = (size_t)groups * axis->taps;
  int32_t *base = room(groups * sizeof(int32_t));
  axis->places = room(vectors * sizeof(bytes));
  axis->amounts = room(vectors * sizeof(words));
  if (base == NULL || axis->places == NULL || axis->amounts == NULL) {
    free(base);
    return;
  }
  for (int g = 0; g < groups; g++) {
    base[g] = axis->first[g * LANES];
    for (int tap = 0; tap < axis->taps; tap++) {
      const int vector = g * axis->taps + tap;
      for (int lane = 0; lane < LANES; lane++) {
        const int i = g * LANES + lane;
        axis->places[vector][2 * lane] = axis->first[i] + tap - base[g];
        axis->places[vector][2 * lane + 1] = 0;
        axis->amounts[vector][lane] = axis->weights[i * axis->taps + tap];
      }
    }
  }
  axis->base = base;
}

static int make_axis(struct axis *axis, int source, int target) {
  const int shrinks = source >= target || source == 1;
  *axis = (struct axis){.source = source, .target = target, .taps = shrinks ? most_covered(source, target) : 2};
  const int taps = axis->taps;
  axis->first = room(target * sizeof(int32_t));
  axis->weights = room((size_t)target * taps * sizeof(uint16_t));
  if (axis->first == NULL || axis->weights == NULL) return 0;
  memset(axis->weights, 0, (size_t)target * taps * sizeof(uint16_t));
  if (shrinks) cover(axis);
  else interpolate(axis);
  group(axis);
  return 1;
}

static void free_axis(struct axis *axis) {
  free(axis->first);
  free(axis->weights);
  free(axis->base);
  free(axis->places);
  free(axis->amounts);
}

struct reducer *reducer_new(const struct shape *shape) {
  struct reducer *made = calloc(1, sizeof(struct reducer));
  if (made == NULL) return NULL;
  made->shape = *shape;
  const int widest = shape->width > shape->chroma_width ? shape->width : shape->chroma_width;
  const size_t wide = ((size_t)shape->out_width + LANES) & ~(size_t)(LANES - 1);
  /* samples are read REACH at a time */
  made->row = room(widest + REACH + 3 * wide);
  int whole = made->row != NULL && make_axis(&made->columns, shape->width, shape->out_width) &&
              make_axis(&made->rows, shape->height, shape->out_height);
  if (shape->chroma_width > 0) {
    whole = whole && make_axis(&made->chroma_columns, shape->chroma_width, shape->out_width) &&
            make_axis(&made->chroma_rows, shape->chroma_height, shape->out_height);
  }
  if (!whole) {
    reducer_free(made);
    return NULL;
  }
  memset(made->row, 128, widest + REACH + 3 * wide);
  made->y = made->row + widest + REACH;
  made->u = made->y + wide;
  made->v = made->u + wide;
  return made;
}

void reducer_free(struct reducer *reducer) {
  if (reducer == NULL) return;
  free_axis(&reducer->columns);
  free_axis(&reducer->rows);
  free_axis(&reducer->chroma_columns);
  free_axis(&reducer->chroma_rows);
  free(reducer->row);
  free(reducer);
}

/* The weighted sum of rows that follow each other; blocks of it stay in registers. */
#define BLOCK 64
VECTORISED static void sum_rows(const uint8_t *rows, int width, const struct axis *axis, int line, uint8_t *out) {
  const uint16_t *weights = axis->weights + line * axis->taps;
  rows += (size_t)axis->first[line] * width;
  for (int x0 = 0; x0 < width; x0 += BLOCK) {
    const int wide = width - x0 < BLOCK ? width - x0 : BLOCK;
    uint16_t sums[BLOCK];
    for (int x = 0; x < BLOCK; x++) sums[x] = ONE / 2;
    for (int tap = 0; tap < axis->taps; tap++) {
      const uint8_t *from = rows + (size_t)tap * width + x0;
      const uint16_t weight = weights[tap];
      if (weight == 0) continue;
      if (wide == BLOCK)
        for (int x = 0; x < BLOCK; x++) sums[x] += from[x] * weight;
      else
        for (int x = 0; x < wide; x++) sums[x] += from[x] * weight;
    }
    for (int x = 0; x < wide; x++) out[x0 + x] = sums[x] >> 8;
  }
}

/* The weighted sums along a row. */
VECTORISED static void sum_columns(const uint8_t *row, const struct axis *axis, uint8_t *out) {
  const int target = axis->target, taps = axis->taps;
  int x = 0;
  if (axis->source == 2 * target) {
    for (; x < target; x++) out[x] = (row[2 * x] + row[2 * x + 1] + 1) >> 1;
  } else if (axis->source == 4 * target) {
    for (; x < target; x++) out[x] = (row[4 * x] + row[4 * x + 1] + row[4 * x + 2] + row[4 * x + 3] + 2) >> 2;
  } else if (axis->base != NULL) {
    const words low_byte = {255, 255, 255, 255, 255, 255, 255, 255};
    const words half = {ONE / 2, ONE / 2, ONE / 2, ONE / 2, ONE / 2, ONE / 2, ONE / 2, ONE / 2};
    for (int g = 0, vector = 0; x + LANES <= target; x += LANES, g++) {
      const bytes *samples = (const bytes *)(row + axis->base[g]);
      words sums = half;
      for (int tap = 0; tap < taps; tap++, vector++) {
        const bytes places = axis->places[vector];
        const bytes found =
            axis->near ? __builtin_shuffle(samples[0], places) : __builtin_shuffle(samples[0], samples[1], places);
        sums += ((words)found & low_byte) * axis->amounts[vector];
      }
      *(octet *)(out + x) = __builtin_convertvector(sums >> 8, octet);
    }
  }
  for (; x < target; x++) {
    unsigned sum = ONE / 2;
    for (int tap = 0; tap < taps; tap++) sum += row[axis->first[x] + tap] * axis->weights[x * taps + tap];
    out[x] = sum >> 8;
  }
}

static inline uint8_t byte_of(int value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

/* Full-range BT.601 (JFIF): 1.402, 0.344136, 0.714136 and 1.772, in 1/16384. */
VECTORISED static void to_rgb(const uint8_t *y, const uint8_t *u, const uint8_t *v, int width, uint8_t *out) {
  for (int x = 0; x < width; x++) {
    const int luma = (y[x] << 14) + 8192, cb = u[x] - 128, cr = v[x] - 128;
    out[3 * x] = byte_of((luma + 22970 * cr) >> 14);
    out[3 * x + 1] = byte_of((luma - 5638 * cb - 11700 * cr) >> 14);
    out[3 * x + 2] = byte_of((luma + 29032 * cb) >> 14);
  }
}

void reduce(struct reducer *reducer, const uint8_t *y, const uint8_t *u, const uint8_t *v, uint8_t *out) {
  const struct shape *shape = &reducer->shape;
  uint8_t *row = reducer->row;
  for (int line = 0; line < shape->out_height; line++) {
    sum_rows(y, shape->width, &reducer->rows, line, row);
    sum_columns(row, &reducer->columns, reducer->y);
    if (shape->chroma_width > 0) {
      sum_rows(u, shape->chroma_width, &reducer->chroma_rows, line, row);
      sum_columns(row, &reducer->chroma_columns, reducer->u);
      sum_rows(v, shape->chroma_width, &reducer->chroma_rows, line, row);
      sum_columns(row, &reducer->chroma_columns, reducer->v);
    }
    to_rgb(reducer->y, reducer->u, reducer->v, shape->out_width, out);
    out += (size_t)shape->out_width * 3;
  }
}
