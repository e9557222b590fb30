/* release_keys: the public keys of releases that this build accepts. CMake sets them by
 * LOAM_RELEASE_KEYS; no option and no variable of the environment replaces them, because a person
 * who can set one could choose the key. */
#pragma once

/* Lines of public keys of minisign, separated by blanks: the current and the next one. Empty: none.
 */
extern const char release_keys[];
