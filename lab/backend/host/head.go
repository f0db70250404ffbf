package host

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// head is the beginning of a request to a proxy (RFC 9110, section 7.1).
type head struct {
	key     string // whom it is for
	connect bool
	origin  []byte // what the host reads of it, where it is not CONNECT
}

// maxHead is the most bytes of a head, net/http's default for servers.
const maxHead = 1 << 20

func readHead(reader *bufio.Reader) (head, error) {
	request, err := readLine(reader, maxHead)
	if err != nil {
		return head{}, err
	}
	fields, size, err := readFields(reader, maxHead-len(request))
	if err != nil {
		return head{}, err
	}
	words := strings.Split(string(bytes.TrimRight(request, "\r\n")), " ")
	if len(words) != 3 {
		return head{}, fmt.Errorf("a head of %d bytes does not begin with a request", size)
	}
	method, target, version := words[0], words[1], words[2]
	if method == "CONNECT" {
		u, err := url.Parse("//" + target)
		if err != nil {
			return head{}, err
		}
		return head{connect: true, key: key(u.Hostname(), u.Port())}, nil
	}
	u, err := url.Parse(target)
	if err != nil {
		return head{}, err
	}
	if u.Opaque != "" {
		return head{}, fmt.Errorf("a proxy was asked for %q: expected http:// and a host", target)
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	return head{key: key(u.Hostname(), port), origin: originForm(method, u, version, fields)}, nil
}

// originForm is the request as the client would have sent it to the host
// itself (RFC 9112, section 3.2.1), but that the host closes the connection
// after it: the next request may be for another.
func originForm(method string, u *url.URL, version string, fields [][]byte) []byte {
	origin := []byte(method + " " + u.RequestURI() + " " + version + "\r\n")
	keep := true
	for _, field := range fields {
		// A line that begins with a space goes on with the field before it
		// (RFC 9112, section 5.2).
		if field[0] != ' ' && field[0] != '\t' {
			keep = passedOn(field)
		}
		if keep {
			origin = append(origin, field...)
		}
	}
	return append(origin, "Connection: close\r\n\r\n"...)
}

// passedOn says whether a field is for the host and not for the proxy.
func passedOn(field []byte) bool {
	name, _, _ := bytes.Cut(field, []byte(":"))
	switch strings.ToLower(string(name)) {
	case "connection", "proxy-connection", "keep-alive", "proxy-authorization":
		return false
	}
	return true
}

// readFields reads the header lines up to the empty one, and counts their
// bytes.
func readFields(reader *bufio.Reader, most int) (fields [][]byte, size int, err error) {
	for {
		line, err := readLine(reader, most-size)
		if err != nil {
			return nil, size, err
		}
		size += len(line)
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return fields, size, nil
		}
		fields = append(fields, line)
	}
}

// readLine reads a line with its end, in most bytes.
func readLine(reader *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		part, err := reader.ReadSlice('\n')
		if line = append(line, part...); len(line) > most {
			return nil, errors.New("the head of a request is longer than 1 MiB")
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
