#include "own-tensor.h"

#include <cstring>

TF_Tensor* inception_new_tensor(TF_DataType type, const std::int64_t* shape, int rank, void* data, std::size_t bytes,
                                void (*give_back)(void* data, std::size_t bytes, void* argument), void* argument) {
  TF_Tensor* tensor = TF_AllocateTensor(type, shape, rank, bytes);
  if (tensor != nullptr && bytes > 0) std::memcpy(TF_TensorData(tensor), data, bytes);
  give_back(data, bytes, argument);
  return tensor;
}
