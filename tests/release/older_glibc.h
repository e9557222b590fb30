/* Included before the source of a library that brings its own arc4random_buf, because its options
 * say that glibc has none. The header of glibc 2.36 declares the function, so the library's own
 * gets another name. */
#define _GNU_SOURCE 1
#include <stdlib.h>
#define arc4random_buf library_arc4random_buf
