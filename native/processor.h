// What the arithmetic asks of the processor. The functions marked WITH_FMA are compiled for it, whatever the flags; nothing
// else is, so that the question itself runs anywhere.
#pragma once

namespace inception {

/** What is missing, or null. */
const char* missingInstructions();

}  // namespace inception
