package informing

// Found tells what the own checks find in words.
func Found(text string) [3]bool {
	streetKeys(text)
	return [3]bool{houseNumber.MatchString(text), clock.MatchString(text), disputes(text)}
}
