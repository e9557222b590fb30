/* Makes calls of unwanted libc functions compile errors. Force-included before every source, so
 * that the libc headers that declare these functions are read first. */
#pragma once

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gmtime localtime atoi atol
