package boot

import (
	"errors"
	"strconv"
)

const (
	// Name is argv[0] of the program, or the end of that path, when it is the
	// first process of a machine. Under this name it never runs as what it is
	// otherwise. An argument is the path of the socket, for a program that does
	// not inherit it.
	Name = "tlslab-sandbox"

	// Socket is the descriptor of the SOCK_SEQPACKET socket over which the
	// harness sends instructions. The machine ends when it is closed.
	Socket = 3

	// MaxMessage is the most bytes of a message, which leaves the kernel's
	// default socket buffer (net.core.wmem_default, 208 KiB) room for its own.
	MaxMessage = 160 << 10
)

// The instructions and their arguments. The answer to a message is Done after
// its last instruction, or Failed with the errno and a text after the first
// that failed.
const (
	Mount   = "mount"    // source, target, type, flags (decimal), data: mount(2)
	Mkdir   = "mkdir"    // path: with its parents
	Write   = "write"    // path, content: a new file, or the new content of one
	Append  = "append"   // path, content
	Clear   = "clear"    // path: removes what is in a folder
	Own     = "own"      // path, uid, gid (decimal): whose a file or a folder is; a missing one is nobody's
	As      = "as"       // uid, gid (decimal): whose the commands are from now on
	Link    = "link"     // target, path: a symbolic link
	Called  = "called"   // name: of the machine, sethostname(2)
	Up      = "up"       // brings the loopback interface up
	Address = "address"  // 4 or 16 bytes: gives the loopback interface that address
	NoRoute = "no-route" // takes the default route away: what is not on a network of the machine's is unreachable
	Listen  = "listen"   // 4 or 16 bytes, port (decimal): TCP, answered by Listening
	Packets = "packets"  // the same for UDP
	Deaf    = "deaf"     // 4 or 16 bytes, port (decimal): every TCP segment sent there is lost
	Run     = "run"      // folder, path or a name in PATH, [tracer.Patch], number of args, args, environment; three descriptors: answered by Exited
	RunTTY  = "run-tty"  // the same in the terminal's foreground
	Kill    = "kill"     // kills every process but the first; never answered
)

// The answers.
const (
	Done      = "done"
	Failed    = "failed"    // errno (decimal), text
	Listening = "listening" // with the socket
	Exited    = "exited"    // exit status (decimal); no process is left
)

// Words are an instruction or an answer with its arguments.
type Words []string

// Encode is a message of several instructions.
func Encode(instructions ...Words) []byte {
	var message []byte
	for _, words := range instructions {
		message = appendWord(message, strconv.Itoa(len(words)))
		for _, word := range words {
			message = appendWord(message, word)
		}
	}
	return message
}

// appendWord writes a netstring without its comma.
func appendWord(message []byte, word string) []byte {
	message = strconv.AppendInt(message, int64(len(word)), 10)
	message = append(message, ':')
	return append(message, word...)
}

var errMalformed = errors.New("malformed message")

// Decode is the inverse of [Encode].
func Decode(message []byte) ([]Words, error) {
	var instructions []Words
	for len(message) > 0 {
		count, rest, err := cutWord(message)
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 || n > len(rest) {
			return nil, errMalformed
		}
		message = rest
		words := make(Words, n)
		for i := range words {
			if words[i], message, err = cutWord(message); err != nil {
				return nil, err
			}
		}
		instructions = append(instructions, words)
	}
	return instructions, nil
}

func cutWord(message []byte) (word string, rest []byte, err error) {
	for i, c := range message {
		if c != ':' {
			continue
		}
		n, err := strconv.Atoi(string(message[:i]))
		if err != nil || n < 0 || n > len(message)-i-1 {
			return "", nil, errMalformed
		}
		return string(message[i+1 : i+1+n]), message[i+1+n:], nil
	}
	return "", nil, errMalformed
}
