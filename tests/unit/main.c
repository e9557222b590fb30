/* main: the program of a layer's unit tests. Runs the tests of the source file that its argument
 * names, without one those of every file. The build writes unit_list.inc: UNIT(test_x) for each
 * file.
 */
#include <stdio.h>
#include <string.h>

#define UNIT(name) int run_##name(void);
#include "unit_list.inc"
#undef UNIT

typedef struct {
    const char *name;
    int (*run)(void); /* the number of failed tests */
} UnitFile;

#define UNIT(name) {#name, run_##name},
static const UnitFile files[] = {
#include "unit_list.inc"
};
#undef UNIT

int main(int argc, char **argv) {
    const char *wanted = argc > 1 ? argv[1] : NULL;
    int failed = 0;
    size_t count = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (wanted && strcmp(files[i].name, wanted) != 0)
            continue;
        failed += files[i].run();
        count++;
    }
    if (count == 0)
        fprintf(stderr, "%s: no file %s\n", argv[0], wanted);
    return failed > 0 || count == 0;
}
