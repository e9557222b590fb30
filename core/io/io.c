#include "io.h"

Io io_real(void) {
    return (Io){
        .disk = &disk_real, .clock = &clock_real, .process = &process_real, .ssh = &ssh_real};
}
