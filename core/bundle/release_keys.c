/* release_keys: an object of its own, so that a test can link the program with other keys. */
#include "release_keys.h"

const char release_keys[] = LOAM_RELEASE_KEYS;
