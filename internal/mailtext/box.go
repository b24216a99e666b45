package mailtext

import "strings"

// Box is the mailbox for which letters to an address are counted: in small letters, without the tag after a plus sign, so that one mailbox under a
// hundred spellings has one share. It is no address to write to. What holds no @ comes back as it is.
func Box(address string) string {
	name, host, ok := strings.Cut(address, "@")
	if !ok {
		return address
	}
	if bare, _, tagged := strings.Cut(name, "+"); tagged && bare != "" {
		name = bare
	}
	return strings.ToLower(name + "@" + host)
}
