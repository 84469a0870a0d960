// Convolutions by chance, with the sizes at which kernels err: one, and around eight and sixteen.
#pragma once
#include "reference.h"

inline Case anyCase(Chance& chance, int64_t rows, int64_t columns, int64_t stride) {
  const auto side = [&] { return chance.one({1, 1, 2, 3, 4, 5, 7, 9, 13}); };
  const auto depth = [&] { return chance.one({1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33}); };
  Case of = {chance.number(1, 3), side(), side(), depth(), 1, 1, depth(), rows, columns, stride, 0, 0};
  of.down = chance.one({0, (rows - 1) / 2, rows - 1, rows + 2, -1});
  of.right = chance.one({0, (columns - 1) / 2, columns - 1, columns + 2, -1});
  of.outHeight = (of.height + stride - 1) / stride + chance.number(0, 2);
  of.outWidth = (of.width + stride - 1) / stride + chance.number(0, 2);
  return of;
}

inline Array inputOf(const Case& of, Chance& chance) {
  return chance.array({of.batch, of.height, of.width, of.channels});
}
inline Array filterOf(const Case& of, Chance& chance) {
  return chance.array({of.rows, of.columns, of.channels, of.filters});
}
inline Array outputOf(const Case& of, Chance& chance) {
  return chance.array({of.batch, of.outHeight, of.outWidth, of.filters});
}

inline Attributes convolutionAttributes(const Case& of, int64_t threads, bool fast = true) {
  return {{{"threads", threads}, {"stride", of.stride}, {"fast", fast}, {"biases", 0}, {"backward", 0}, {"relu", 0},
           {"transformed", 0}},
          {{"map", {of.outHeight, of.outWidth}},
           {"padding", {of.down, of.right}},
           {"kernel", {of.rows, of.columns, of.channels, of.filters}}},
          {}};
}
inline Attributes gradientAttributes(const Case& of, int64_t threads, bool fast = false) {
  return {{{"threads", threads}, {"stride", of.stride}, {"fast", fast}},
          {{"filter", {of.rows, of.columns, of.channels, of.filters}}, {"padding", {of.down, of.right}}},
          {}};
}

/** Two of a source. */
inline Attributes convolutionsAttributes(const Case& of, int64_t threads) {
  return {{{"threads", threads}, {"stride", of.stride}, {"count", 2}, {"sources", 1}, {"targets", 2}, {"biases", 0},
           {"backward", 0}, {"relu", 0}},
          {{"map", {of.outHeight, of.outWidth}}, {"padding", {of.down, of.right}}, {"window", {of.rows, of.columns}}},
          {}};
}
inline Attributes gradientsAttributes(const Case& of, int64_t threads) {
  return {{{"threads", threads}, {"stride", of.stride}, {"count", 2}},
          {{"padding", {of.down, of.right}}, {"window", {of.rows, of.columns}}},
          {}};
}

/** Of `parts` of a gradient, with a running average or without. */
inline Attributes rmspropAttributes(int64_t parts, bool average, int64_t threads) {
  return {{{"threads", threads}, {"count", parts}, {"kept", average ? 4 : 3}},
          {},
          {{"decay", 0.75f}, {"momentum", 0.5f}, {"epsilon", 0.25f}, {"weight_decay", 0.125f}}};
}

constexpr int64_t kernelSizes[][2] = {{3, 3}, {5, 5}, {1, 3}, {3, 1}, {1, 7}, {7, 1}};
