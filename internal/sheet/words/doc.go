// Package words knows the words of Swedish municipalities' lists: what their
// columns are called, what stands in them, and how a cell names who is
// responsible. English exports of service desks are known as well.
package words
