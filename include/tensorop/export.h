/* TENSOROP_API marks what the shared library exports. */
#ifndef TENSOROP_EXPORT_H
#define TENSOROP_EXPORT_H

#define TENSOROP_API __attribute__((visibility("default")))

#endif
