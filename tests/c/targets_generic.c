/* The table of targets with the portable instance alone, as the generator writes it where nothing else is asked for. */
#include "cpu.h"
#include "generic.h"
#include "instance.h"

const tensorop_target tensorop_targets[] = {
    {"generic", 0, NULL, 0, {0, 0, 0, 0}, &tensorop_instance_generic},
};
const int tensorop_target_count = sizeof tensorop_targets / sizeof *tensorop_targets;
