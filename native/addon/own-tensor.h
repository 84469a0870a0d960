// The tensors that the addon makes of numbers. Its own sources would lend TensorFlow the memory of JavaScript: they are
// compiled with TF_NewTensor renamed to inception_new_tensor.
#pragma once
#include <cstddef>
#include <cstdint>

#include "tensorflow/c/c_api.h"

extern "C" {

/**
 * As TF_NewTensor, but of a copy of `data`, which is given back before it returns: a server's threads may be the last to
 * hold a tensor that was fed, and what gives JavaScript's memory back may be called by JavaScript's thread alone. Null where
 * there is no memory.
 */
TF_Tensor* inception_new_tensor(TF_DataType type, const std::int64_t* shape, int rank, void* data, std::size_t bytes,
                                void (*give_back)(void* data, std::size_t bytes, void* argument), void* argument);
}
