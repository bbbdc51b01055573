export default function Home() {
  return <p>Everybody may read this.</p>
}
