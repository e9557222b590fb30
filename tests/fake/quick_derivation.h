/* quick_derivation: for tests that open many sealed files. A key of a passphrase then takes a
 * thousandth of its iterations, so it differs from the key that loam derives. */
#pragma once

/* From now on, in this process. */
void quick_derivation_begin(void);
