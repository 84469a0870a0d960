// The addon's own sources would copy every string. TF_TString_Copy is no function of a library: they are compiled with this
// before their first line.
#pragma once
#include "own-string.h"

#define TF_TString_Copy inception_string
