// Package clock gives processes a wrong clock without any privilege, and
// without touching the right one: on Linux it replaces, in the vDSO of each
// (vdso(7)), the functions by which programs read the time of day with others
// that ask the kernel and add an offset. A static program such as the go
// command is reached as well as one of libc's.
//
// What is wrong then is the time of day that a program reads: CLOCK_REALTIME
// and its coarse form, gettimeofday(2), time(2). Not changed are monotonic
// time, timers, the times of files, and programs that make the system call
// themselves or whose words have 32 bits. A process has one tracer at most, so
// no debugger can be attached to these, and a set-user-ID program among them
// gets no rights.
package clock
