/* Functions that loam does not call, made compile errors. Force-included before every source, so
 * the libc headers that declare them are read first. */
#pragma once

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gmtime localtime atoi atol
